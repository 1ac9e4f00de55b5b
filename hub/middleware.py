"""Doors that stand before the pages: probes and the intake, which need no session, no cookie and no template."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from governance.api.protocol import problems
from hub import health, metrics, telemetry
from hub.api.intake import intake
from hub.console.errors import alone

Handler = Callable[[HttpRequest], HttpResponse]

INTAKE = re.compile(r"^/api/v1/interfaces/([^/]+)/messages/?$")


class Probes:
    """``/livez`` says that the process runs, ``/readyz`` whether it can work, ``/metrics`` how it does."""

    def __init__(self, following: Handler) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/livez":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path_info == "/readyz":
            return health.answer()
        if request.path_info == "/metrics":
            return metrics.answer(request)
        return self.following(request)


class Readable:
    """No database keeps a NUL character, so no address can ask for one."""

    def __init__(self, following: Handler) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" not in request.META.get("QUERY_STRING", "") and "\x00" not in request.path_info:
            return self.following(request)
        sentence = "The address holds a NUL character (%00), which no text here can have."
        if not request.path_info.startswith("/api/"):
            return alone(400, "unreadable", sentence)
        errors = [problems.named("address", "%00", "no NUL character", sentence)]
        return problems.answer(problems.document(400, sentence, code="unreadable", errors=errors))


class Intake:
    """Messages go straight to their view, past everything that browsers need."""

    def __init__(self, following: Handler) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = INTAKE.match(request.path_info)
        if found is None:
            return self.following(request)
        if request.method != "POST":
            sentence = "Messages are sent here with POST; read them at /api/v1/messages."
            errors = [problems.named("method", str(request.method), "POST", sentence)]
            problem = problems.document(405, sentence, errors=errors)
            response = problems.answer(problem)
            response["Allow"] = "POST"
            return response
        return intake(request, found.group(1))


class Traces:
    """A span a request, named by the pattern of its address: no key and no search term is told (hub/telemetry.py)."""

    def __init__(self, following: Handler) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with telemetry.span("request", method=str(request.method)) as say:
            response = self.following(request)
            say(route=_pattern(request), status=response.status_code)
        return response


def _pattern(request: HttpRequest) -> str:
    """``api/v1/messages/<uuid:id>`` instead of the address itself."""
    if INTAKE.match(request.path_info):
        return "api/v1/interfaces/<key>/messages"
    return request.resolver_match.route if request.resolver_match else "no such address"
