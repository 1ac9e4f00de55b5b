"""Pages of mappings: the list, the rules as a table, and the preview of a sample."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dictionary.console import consumers, samples
from dictionary.models import Mapping
from dictionary.permissions import visible_entities, visible_mappings
from dictionary.selectors import mappings
from dictionary.specs.mapping import Direction
from governance.console.doors import page
from governance.console.past import in_the_past
from governance.console.query import asked, check_fields
from governance.errors import NotFound, Refused
from governance.selectors.changes import history

DIRECTIONS: tuple[Direction, ...] = ("to_canonical", "to_target")


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """``?q=``, ``?entity=`` and ``?direction=`` narrow the list."""
    rows = visible_mappings(request.user)
    entities = sorted(set(rows.order_by().values_list("entity", flat=True)))
    filters = asked(request, ("q", "entity", "direction"), {"entity": entities, "direction": DIRECTIONS})
    exact = {name: filters[name] for name in ("entity", "direction") if filters[name]}
    words = filters["q"].lower()
    found = [row for row in rows.filter(**exact) if words in f"{row.key} {row.label} {row.entity}".lower()]
    shown = {"mappings": found, "filters": filters, "entities": entities, "is_filtered": any(filters.values())}
    return render(request, "dictionary/mappings/list.html", shown)


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The rules of a mapping, in their order."""
    mapping = get_object_or_404(visible_mappings(request.user), key=key)
    if (then := in_the_past(request, mapping)) is not None:
        return then
    shown = {
        "mapping": mapping,
        "rules": mappings.rule_lines(mapping),
        "entity": visible_entities(request.user).filter(key=mapping.entity).first(),
        "cases": mapping.content.get("cases", ()),
        "consumers": consumers.of(request.user, "mapping", key),
        "history": history("mapping", key),
        "crumbs": [("Mappings", reverse("mappings"))],
    }
    return render(request, "dictionary/mappings/detail.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """A sample in, result and trace out. Nothing is stored and nothing is sent."""
    mapping = get_object_or_404(visible_mappings(request.user), key=key)
    shown: dict[str, Any] = {"mapping": mapping, "samples_offered": samples.are_offered(), "sample": ""}
    shown["is_inward"] = mapping.direction == "to_canonical"
    shown["crumbs"] = [("Mappings", reverse("mappings")), (key, reverse("mapping", args=[key]))]
    if request.method == "POST":
        check_fields(request, "sample", "message")
        shown |= _previewed(request, mapping, request.POST.get("sample", ""), request.POST.get("message", "").strip())
    elif recent := samples.recent(request.user, key, mapping.direction, 1):  # those only that the user may read
        shown |= _previewed(request, mapping, "", recent[0].reference)
    return render(request, "dictionary/mappings/preview.html", shown, status=422 if shown.get("problem") else 200)


def _previewed(request: HttpRequest, mapping: Mapping, sample: str, reference: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"sample": sample, "reference": reference}
    try:
        if reference and samples.are_offered():
            shown["sample"] = samples.take(request.user, reference, mapping.direction)
        return shown | {"preview": mappings.preview(mappings.compiled(mapping), shown["sample"])}
    except NotFound:
        raise
    except Refused as refused:
        return shown | {"problem": refused.sentence, "problem_field": refused.field or "message"}
