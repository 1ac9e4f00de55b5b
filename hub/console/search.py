"""One box for everything. An exact id leads straight to its page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.console import query
from hub.console import places
from hub.console.doors import page
from hub.selectors import search
from hub.selectors.search import Group, Hit

ICONS = {
    "messages": "arrow-left-right",
    "interfaces": "plug",
    "systems": "server",
    "connections": "cable",
    "elements": "book-open",
    "entities": "layers",
    "code-lists": "list",
    "codes": "tag",
    "terms": "languages",
    "mappings": "shuffle",
    "icds": "file-text",
    "changes": "git-pull-request",
    "replays": "rotate-ccw",
    "events": "history",
}
LISTS = {  # where all that match stand: name of the page, its filter
    "messages": ("messages", "text"),
    "interfaces": ("interfaces", "q"),
    "systems": ("systems", "q"),
    "elements": ("dictionary", "q"),
    "events": ("audit", "text"),
}


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """``?q=`` in groups; an exact id goes to its page, unless ``?all=yes`` asks for the groups."""
    query.only(request, "q", "all")
    text, wants_all = query.words(request, "q"), query.choice(request, "all", ("yes",))
    groups = search.search(request.user, text) if text else ()
    straight = None if wants_all else search.exact(groups, text)
    if straight is not None and (address := places.address(straight.kind, straight.key)):
        return redirect(address)
    shown: dict[str, Any] = {
        "text": text,
        "searched": text,
        "groups": [(one, ICONS[one.name], _all(one, text), [(hit, _place(hit)) for hit in one.hits]) for one in groups],
        "total": sum(one.count for one in groups),
    }
    return render(request, "hub/search.html", shown)


def _place(hit: Hit) -> str:
    """What happened leads to the trail of its subject."""
    if hit.kind == "event":
        return f"{reverse('audit')}?{urlencode({'subject': hit.key})}"
    return places.address(hit.kind, hit.key)


def _all(group: Group, text: str) -> str:
    """The list of all that match, where the group shows only some of them."""
    if group.count <= len(group.hits) or group.name not in LISTS:
        return ""
    name, filter_name = LISTS[group.name]
    return f"{reverse(name)}?{urlencode({filter_name: text})}"
