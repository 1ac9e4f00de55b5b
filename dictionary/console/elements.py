"""The page of a data element: what it means, and where that is used."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dictionary.console import consumers
from dictionary.console.index import crumbs
from dictionary.permissions import visible_elements
from dictionary.selectors import elements
from dictionary.values.unit_names import described
from governance.console.doors import page
from governance.console.past import in_the_past
from governance.selectors.changes import history

FACTS = (
    *("type", "digits", "significant", "rounding", "tolerance_abs", "tolerance_rel", "minimum", "maximum"),
    *("max_length", "pattern", "reference", "owner_system", "criticality", "data_class", "notes"),
)


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One meaning, and where it is used."""
    found = get_object_or_404(visible_elements(request.user), key=key)
    if (then := in_the_past(request, found)) is not None:
        return then
    shown = {
        "element": found,
        "unit": described(found.unit) if found.unit else None,
        "usage": elements.usages(request.user, [key])[key],
        "consumers": consumers.of(request.user, "element", key),
        "facts": _facts(found.content),
        "history": history("element", key),
        "crumbs": crumbs(),
    }
    return render(request, "dictionary/elements/detail.html", shown)


def _facts(content: dict[str, Any]) -> list[tuple[str, Any]]:
    """What an element says beside its definition, what is not said left out."""
    said = [(name, content.get(name)) for name in FACTS]
    return [(name.replace("_", " ").capitalize(), value) for name, value in said if value not in (None, "")]
