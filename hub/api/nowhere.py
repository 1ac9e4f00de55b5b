"""Addresses below /api that no door has: a slash too many or too few is no error, others get a problem document."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve
from django.views.decorators.csrf import csrf_exempt

from governance.api.protocol import problems

SAFE = ("GET", "HEAD")


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse | HttpResponseBase:
    """What the address with, or without, a slash at its end answers; else 404 as RFC 9457 has it."""
    path = request.path_info
    found = _door(path.removesuffix("/") if path.endswith("/") else f"{path}/")
    if found is None or not (request.method in SAFE or getattr(found.func, "csrf_exempt", False)):
        return problems.answer(problems.nothing_at(request.path))
    return found.func(request, *found.args, **found.kwargs)


def _door(path: str) -> ResolverMatch | None:
    try:
        found = resolve(path)
    except Resolver404:
        return None
    return None if found.func is nowhere else found
