"""One id for everything that one request of a browser does: in the log, the audit trail and on the error page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response

from governance.guard.context import correlation
from governance.ids import uuid7

Handler = Callable[[HttpRequest], HttpResponse]


class Correlated:
    """Gives the request its id, and says it in ``X-Correlation-Id``. The API's doors take the sender's instead."""

    def __init__(self, following: Handler) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = correlation.set(str(uuid7()))
        try:
            response = self.following(request)
            response.headers.setdefault("X-Correlation-Id", correlation.get())
            if response.status_code >= 400:
                log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
            return response
        finally:
            correlation.reset(token)
