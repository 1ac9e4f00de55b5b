"""Pages of mappings: rules as a table, and the preview of a sample."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dictionary.console import samples
from dictionary.models import Entity, Mapping
from dictionary.selectors import mappings
from governance.errors import NotFound, Refused


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "dictionary/mappings/list.html", {"mappings": mappings.listed()})


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The rules of a mapping, in their order."""
    mapping = get_object_or_404(mappings.listed(), key=key)
    shown = {
        "mapping": mapping,
        "rules": mappings.rule_lines(mapping),
        "entity": Entity.objects.filter(key=mapping.entity).first(),
        "crumbs": [("Mappings", reverse("mappings"))],
    }
    return render(request, "dictionary/mappings/detail.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """A sample in, result and trace out. Nothing is stored and nothing is sent."""
    mapping = get_object_or_404(mappings.listed(), key=key)
    shown: dict[str, Any] = {"mapping": mapping, "samples_offered": samples.are_offered(), "sample": ""}
    shown["is_inward"] = mapping.direction == "to_canonical"
    shown["crumbs"] = [("Mappings", reverse("mappings")), (key, reverse("mapping", args=[key]))]
    if request.method == "POST":
        shown |= _previewed(request, mapping)
    return render(request, "dictionary/mappings/preview.html", shown, status=422 if shown.get("problem") else 200)


def _previewed(request: HttpRequest, mapping: Mapping) -> dict[str, Any]:
    sample, reference = request.POST.get("sample", ""), request.POST.get("message", "").strip()
    shown: dict[str, Any] = {"sample": sample, "reference": reference}
    try:
        if reference and samples.are_offered():
            shown["sample"] = samples.take(request.user, reference, mapping.direction)
        return shown | {"preview": mappings.preview(mapping, shown["sample"])}
    except NotFound:
        raise Http404 from None
    except Refused as refused:
        return shown | {"problem": refused.sentence, "problem_field": refused.field or "message"}
