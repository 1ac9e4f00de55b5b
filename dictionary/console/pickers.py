"""Pickers of units and codes: a page of their own, and the list alone for htmx."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dictionary.permissions import visible_code_lists, visible_elements
from dictionary.values.ucum import is_valid
from dictionary.values.unit_names import found
from governance.console.doors import page
from governance.console.query import BadQuery, asked

MOST = 50


@require_safe
@page
def units(request: HttpRequest) -> HttpResponse:
    """``?q=`` searches UCUM; ``?element=`` or ``?like=`` keeps to units that convert into its unit."""
    filters = asked(request, ("q", "element", "like"))
    like = filters["like"] or _unit_of(request.user, filters["element"])
    if like and not is_valid(like):
        raise BadQuery(f"The filter 'like' is {like!r}, which is not a UCUM unit.", field="like", value=like)
    shown = {**filters, "like": like, "units": found(filters["q"], like=like, most=MOST)}
    return _shown(request, "units", shown)


@require_safe
@page
def codes(request: HttpRequest) -> HttpResponse:
    """``?list=`` names the code list, ``?q=`` searches its codes, meanings and what systems call them."""
    filters = asked(request, ("list", "q", "system"))
    if not filters["list"]:
        raise BadQuery("The filter 'list' is missing; it names a code list.", field="list", rule="required")
    found_list = get_object_or_404(visible_code_lists(request.user), key=filters["list"])
    rows = _codes(found_list.content, filters["q"].lower(), filters["system"])
    return _shown(request, "codes", {**filters, "list": found_list, "codes": rows[:MOST]})


def _codes(content: dict[str, Any], words: str, system: str) -> list[tuple[str, dict[str, Any], list[str]]]:
    """(code, meaning, what the system, or any, calls it)."""
    tables = content.get("crosswalks", {})
    chosen = {system: tables.get(system, {})} if system else tables
    rows = []
    for code, meaning in content["codes"].items():
        theirs = [f"{name}: {one}" for name, table in chosen.items() for one, ours in table.items() if ours == code]
        if words in f"{code} {meaning['label']} {' '.join(theirs)}".lower():
            rows.append((code, meaning, theirs))
    return rows


def _unit_of(user: Any, element: str) -> str:
    """The unit of an element that the user may see; an unknown one is a page that does not exist."""
    return get_object_or_404(visible_elements(user), key=element).unit if element else ""


def _shown(request: HttpRequest, name: str, shown: dict[str, Any]) -> HttpResponse:
    is_part = request.headers.get("HX-Request") == "true"
    template = f"dictionary/pickers/_{name}.html" if is_part else f"dictionary/pickers/{name}.html"
    return render(request, template, {**shown, "is_part": is_part})
