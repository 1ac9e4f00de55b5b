"""``/api/docs/``: the OpenAPI document as a page of the console, made on the server from the same declarations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.api.openapi.generating import document
from governance.api.openapi.reading import sections
from hub.api import intake_documented  # noqa: F401 - the intake stands in it too
from hub.console.doors import page


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """For signed-in persons; works without JavaScript."""
    shown = {"sections": sections(document(), request.build_absolute_uri("/").rstrip("/"))}
    return render(request, "hub/api/docs.html", shown)
