"""Puts sentences beside the fields that they name. What names no field stands above the form only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from governance.shapes.field import Field

QUOTED = re.compile(r"'([^']{1,300})'|\bfield ([\w.\-\[\]]+)")
RULE = re.compile(r"\brule (\d+) \(")


def place(form: Field, sentences: Sequence[str], *, prefixes: Sequence[str] = ("", "settings", "rules")) -> list[str]:
    """Put each sentence beside the field that it names first. Returns those that name none."""
    named = {_plain(one.path): one for one in form.walk() if one.path}
    left = []
    for sentence in sentences:
        found = _field_of(sentence, named, prefixes)
        if found is None:
            left.append(sentence)
        else:
            found.problems.append(sentence)
    return left


def _field_of(sentence: str, named: dict[str, Field], prefixes: Sequence[str]) -> Field | None:
    if rule := RULE.search(sentence):
        return named.get(f"rules.{int(rule.group(1)) - 1}")
    places = [_plain(one or two) for one, two in QUOTED.findall(sentence)]
    if " is missing in field " in sentence and len(places) == 2:  # "The field 'b' is missing in field a[0]."
        places = [f"{places[1]}.{places[0]}", places[1]]
    for text in places:
        for prefix in prefixes:
            found = named.get(f"{prefix}.{text}" if prefix else text)
            if found is not None:
                return found
    return None


def _plain(path: str) -> str:
    """``routes[0].sink`` and ``routes.0.sink`` are one place."""
    return re.sub(r"\[(\d+)\]", r".\1", path).replace("['", ".").replace("']", "").strip(".")
