"""Addresses below /api that do not exist: machines get a problem document, not a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from hub.api import problems


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """404 as RFC 9457 has it."""
    return problems.answer(problems.nothing_at(request.path))
