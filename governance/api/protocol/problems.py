"""Errors of the API: problem documents (RFC 9457) that name field, value and rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.http import Http404, HttpResponse
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    MethodNotAllowed,
    NotAcceptable,
    NotAuthenticated,
    ParseError,
    PermissionDenied,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.response import Response

from governance.errors import MISSING, NOT_SHOWN, Refused
from governance.guard.context import correlation
from governance.secrecy import without_tokens

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "This could not be read",
    401: "You are not signed in",
    403: "This is not allowed",
    404: "There is no such thing",
    405: "This method is not offered here",
    406: "This media type is not offered here",
    409: "This contradicts what is known",
    411: "The length is missing",
    412: "It is not any more what you read",
    413: "This is too large",
    415: "This media type is not taken here",
    422: "A rule is broken",
    428: "Say what your change was made from",
    429: "Too many requests",
    503: "The hub cannot do this now",
}


def document(status: int, detail: str, *, code: str = "", errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The members of RFC 9457, section 3.1, with ``code``, ``errors`` and ``correlation_id`` as extensions."""
    found: dict[str, Any] = {
        "type": f"urn:interlock:problem:{code}" if code else "about:blank",
        "title": TITLES.get(status, "This failed"),
        "status": status,
        "detail": without_tokens(detail),
    }
    if errors:
        found["errors"] = errors
    if correlation.get():
        found["correlation_id"] = correlation.get()
    return found


def named(field: str, value: str, rule: str, detail: str) -> dict[str, str]:
    """One member of ``errors``: what was wrong, with what stood there, and the rule that it breaks."""
    said = {"field": field, "value": value, "rule": rule, "detail": detail}
    return {name: without_tokens(text) for name, text in said.items()}


def nothing_at(path: str) -> dict[str, Any]:
    """A 404 for an address that no door has."""
    sentence = f"There is nothing at {path}."
    return document(
        404, sentence, code="not_found", errors=[named("path", path[:200], "an address of the API", sentence)]
    )


def of_refusal(error: Refused) -> dict[str, Any]:
    """A refusal of ours as a problem document."""
    several = getattr(error, "errors", None)  # a refusal of more than one field names them all
    if several:
        errors = [named(*one) for one in several]
    elif error.field:
        errors = [named(error.field, error.value, error.rule, error.sentence)]
    else:
        errors = [named("content", NOT_SHOWN, "the rules of its kind", text) for text in getattr(error, "problems", [])]
    return document(error.status, str(error), code=error.code, errors=errors)


def answer(problem: dict[str, Any]) -> HttpResponse:
    """A problem document outside DRF."""
    return HttpResponse(orjson.dumps(problem), status=problem["status"], content_type=MEDIA_TYPE)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    match error:
        case Refused():
            problem = of_refusal(error)
        case Http404():
            problem = nothing_at(context["request"].path)
        case ValidationError():
            problem = document(422, "Some fields break a rule.", code="invalid", errors=list(_fields("", error.detail)))
        case APIException():
            errors = list(_of_framework(error, context))
            problem = document(error.status_code, str(error.detail), code=str(error.default_code), errors=errors)
        case _:
            return None
    challenge = getattr(error, "auth_header", None)
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    headers |= {"Retry-After": str(error.retry_after)} if hasattr(error, "retry_after") else {}
    return Response(problem, status=problem["status"], headers=headers, content_type=MEDIA_TYPE)


def _fields(path: str, detail: Any) -> Any:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _fields(f"{path}.{name}" if path else str(name), inner)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(path, inner)
    else:
        yield named(path, NOT_SHOWN, getattr(detail, "code", ""), str(detail))


def _of_framework(error: APIException, context: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Field, value and rule of what DRF itself refuses. A credential is never a value."""
    request, detail = context["request"], str(error.detail)
    match error:
        case NotAuthenticated() | AuthenticationFailed():
            yield named("Authorization", _given(request, "Authorization"), "a valid bearer token, or a session", detail)
        case PermissionDenied():  # the rights of ours are Refused: this is the session's own check
            yield named("X-CSRFToken", _given(request, "X-CSRFToken"), "the token of the session", detail)
        case MethodNotAllowed():
            allowed = ", ".join(context["view"].allowed_methods)
            yield named("method", request.method, f"one of {allowed}", detail)
        case UnsupportedMediaType():
            yield named("Content-Type", request.content_type or MISSING, "application/json", detail)
        case ParseError():
            yield named("body", NOT_SHOWN, "JSON", detail)
        case NotAcceptable():
            offered = ", ".join(one.media_type for one in context["view"].renderer_classes)
            yield named("Accept", request.headers.get("Accept", MISSING)[:80], f"one of {offered}", detail)


def _given(request: Any, header: str) -> str:
    return NOT_SHOWN if request.headers.get(header) else MISSING
