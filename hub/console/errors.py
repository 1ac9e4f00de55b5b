"""Pages for what went wrong. Each says what to do next and carries the incident id that stands in the log."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from governance.api.protocol import problems
from governance.guard.context import correlation

Handler = Callable[[HttpRequest], HttpResponse]
EMPTY = (405, 429)  # Django answers these without a body
RETRY_SECONDS = "30"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent could not be read."""
    return refused(request, 400, getattr(exception, "sentence", ""))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database does not answer. Asks neither database nor session."""
    is_absent = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = 503 if is_absent else 500
    if request.path_info.startswith("/api/"):
        answer = problems.answer(problems.document(status, _sentence(status), code="internal"))
    else:
        answer = alone(status, "unavailable" if is_absent else "internal")
    if is_absent:
        answer["Retry-After"] = RETRY_SECONDS
    return answer


def maintenance(sentence: str) -> HttpResponse:
    """503 with the sentence of whoever maintains the hub."""
    return alone(503, "maintenance", sentence)


def refused(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """The page of a refusal inside the frame, or alone for who is not signed in."""
    return render(request, f"{status}.html", {"sentence": sentence}, status=status)


def alone(status: int, why: str, sentence: str = "", *, with_incident: bool = True) -> HttpResponse:
    """A page that needs nothing but itself. ``why`` is internal, unavailable, maintenance or offline."""
    shown = {"why": why, "sentence": sentence, "incident": correlation.get() if with_incident else ""}
    return HttpResponse(loader.render_to_string("500.html", shown), status=status)


class EmptyPages:
    """Gives Django's empty refusals a page of their own; what the API answers is left as it is."""

    def __init__(self, following: Handler) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.following(request)
        is_empty = answer.status_code in EMPTY and not answer.streaming and not answer.content
        if not is_empty or request.path_info.startswith("/api/"):
            return answer
        page = refused(request, answer.status_code)
        for name in ("Allow", "Retry-After"):
            if name in answer:
                page[name] = answer[name]
        return page


def _sentence(status: int) -> str:
    if status == 503:
        return "The hub's database does not answer. Send it again in half a minute: nothing was accepted."
    return "The hub made an error. It stands in the log under this correlation id."
