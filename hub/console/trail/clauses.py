"""The clause map: what regulations ask for, what answers it, and what the tests say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.console import query
from hub.console.doors import page
from hub.selectors.clauses import matrix


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """For everybody who is signed in: it says nothing about records."""
    query.only(request)
    return render(request, "hub/clauses.html", {"matrix": matrix()})
