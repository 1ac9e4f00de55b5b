"""Where a thing is shown: kind and key → the address of its page, "" where it has none (yet)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

NAMES = {
    "code_list": "code-list",
    "connection": "connection",
    "element": "element",
    "entity": "entity",
    "icd": "icd",
    "interface": "interface",
    "mapping": "mapping",
    "message": "message",
    "replay": "replay",
    "system": "system",
    "change": "change",
    "local_term": "local-term",
}
INSTEAD = {
    "change": ("audit", "subject"),  # where there is no page of its own, what the trail says about it
    "local_term": ("dictionary", "q"),
}


def address(kind: str, key: str) -> str:
    """The page of one thing, or the list that shows it."""
    try:
        return reverse(NAMES[kind], args=[key])
    except KeyError:
        return ""
    except NoReverseMatch:
        name, filter_name = INSTEAD.get(kind, ("", ""))
        return f"{reverse(name)}?{urlencode({filter_name: key})}" if name else ""
