"""The page of a code list: its codes, and what each system calls them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dictionary.console import consumers
from dictionary.console.index import crumbs
from dictionary.models import CodeList
from dictionary.permissions import visible_code_lists, visible_elements
from governance.console.doors import page
from governance.console.past import in_the_past
from governance.selectors.changes import history


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The codes down, the systems across."""
    found = get_object_or_404(visible_code_lists(request.user), key=key)
    if (then := in_the_past(request, found)) is not None:
        return then
    systems = sorted(found.content.get("crosswalks", {}))
    shown = {
        "list": found,
        "systems": systems,
        "codes": _codes(found, systems),
        "elements": visible_elements(request.user).filter(code_list=key),
        "consumers": consumers.of(request.user, "code_list", key),
        "history": history("code_list", key),
        "crumbs": crumbs("code-lists"),
    }
    return render(request, "dictionary/code_lists/detail.html", shown)


def _codes(found: CodeList, systems: list[str]) -> list[tuple[str, dict[str, Any], list[tuple[str, str]]]]:
    """(code, its meaning, each system's words for it with what we send back)."""
    crosswalks, outbound = found.content.get("crosswalks", {}), found.content.get("outbound", {})
    return [
        (
            code,
            meaning,
            [
                (
                    ", ".join(theirs for theirs, ours in crosswalks[system].items() if ours == code),
                    outbound.get(system, {}).get(code, ""),
                )
                for system in systems
            ],
        )
        for code, meaning in found.content["codes"].items()
    ]
