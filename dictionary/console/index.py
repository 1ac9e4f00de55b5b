"""The dictionary: one search and its parts, each a list with filters."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dictionary.permissions import visible_code_lists, visible_elements, visible_entities, visible_terms
from dictionary.selectors import elements
from dictionary.selectors.search import search
from dictionary.validation.schemas import SCHEMAS
from governance.console.doors import page
from governance.console.query import asked

PARTS = {
    "elements": ("Elements", "element", "element"),
    "entities": ("Entities", "entity", "entity"),
    "code-lists": ("Code lists", "code_list", "code list"),
    "terms": ("Local terms", "local_term", "local term"),
}
CHOICES = {name: SCHEMAS["element"]["properties"][name]["enum"] for name in ("type", "criticality", "data_class")}
FILTERS = {"elements": ("type", "owner_system", "criticality", "data_class"), "terms": ("system", "relation")}
RELATIONS = SCHEMAS["local_term"]["properties"]["relation"]["enum"]


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """``?q=`` searches everything; ``?part=`` is what is listed otherwise, narrowed by the filters of that part."""
    part = request.GET.get("part") or "elements"
    own = FILTERS.get(part, ())
    offered = {"part": list(PARTS), **{name: _offered(request.user, name) for name in own}}
    filters = asked(request, ("q", "part", *own), offered)
    text = filters.pop("q")
    filters.pop("part")
    shown: dict[str, Any] = {
        "text": text,
        "part": part,
        "parts": [(name, label) for name, (label, _, _) in PARTS.items()],
        "kind": PARTS[part][1],
        "word": PARTS[part][2],
        "filters": [(name, value, offered[name]) for name, value in filters.items()],
        "is_filtered": any(filters.values()),
    }
    shown |= {"found": search(request.user, text)} if text else {"rows": _rows(request.user, part, filters)}
    return render(request, "dictionary/index.html", shown)


def crumbs(part: str = "elements") -> list[tuple[str, str]]:
    """Back to the list that an object stands in."""
    return [("Dictionary", f"{reverse('dictionary')}?part={part}")]


def _rows(user: Any, part: str, filters: dict[str, str]) -> Any:
    wanted = {name: value for name, value in filters.items() if value}
    if part == "elements":
        return elements.element_rows(user, **wanted)
    if part == "terms":
        return visible_terms(user).filter(**wanted).order_by("system", "term")
    return visible_entities(user) if part == "entities" else visible_code_lists(user)


def _offered(user: Any, name: str) -> list[str]:
    """The values that a filter takes."""
    if name in CHOICES:
        return list(CHOICES[name])
    if name == "relation":
        return list(RELATIONS)
    rows = visible_elements(user) if name == "owner_system" else visible_terms(user)
    return sorted(set(rows.exclude(**{name: ""}).order_by().values_list(name, flat=True)))
