"""Maintenance: with ``HUB_MAINTENANCE`` set every door but the probes answers 503 with that sentence.

Senders repeat what was not accepted (RFC 9110, section 15.6.4: 503 with ``Retry-After``), so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from governance.api.protocol import problems
from hub.console import errors

Handler = Callable[[HttpRequest], HttpResponse]
RETRY_SECONDS = "120"


class Maintenance:
    """Stands behind the probes and the style sheets, and before everything else."""

    def __init__(self, following: Handler) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sentence = settings.HUB_MAINTENANCE
        if not sentence:
            return self.following(request)
        if request.path_info.startswith("/api/"):
            answer = problems.answer(problems.document(503, sentence, code="maintenance"))
        else:
            answer = errors.maintenance(sentence)
        answer["Retry-After"] = RETRY_SECONDS
        return answer
