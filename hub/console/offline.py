"""The page for a browser that cannot reach the hub, and the worker that keeps it. Both open without signing in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from hub.console import errors


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Kept by the worker at the first visit, shown when a page does not load."""
    return errors.alone(200, "offline", with_incident=False)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """At the root, since a worker sees only addresses below its own."""
    script = (settings.BASE_DIR / "static" / "js" / "worker.js").read_text(encoding="utf-8")
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
