"""The audit trail as a list that can be filtered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.console.doors import identity, page
from hub.selectors import audit

PAGE = 50


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """Newest first, by actor, subject, kind and words."""
    filters = audit.as_filters(request.GET)
    rows = list(audit.events(request.user, **filters, before=identity(request.GET.get("before", "")))[:PAGE])
    shown = {
        "rows": rows,
        "filters": filters,
        "kinds": audit.kinds(request.user),
        "next": rows[-1].id if len(rows) == PAGE else None,
    }
    return render(request, "hub/audit/list.html", shown)
