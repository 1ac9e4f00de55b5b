"""A complete answer of the other side, and the one table that says what its status means to us."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from .errors import (
    AccessDenied,
    Conflict,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    RecordRejected,
    Unreachable,
)

_decode = msgspec.json.Decoder(float_hook=Decimal).decode

# What a status means. 5xx is Unreachable for a read; for a write it is OutcomeUnknown (see default_error).
STATUS_ERRORS: Mapping[int, type[ConnectorError]] = {
    400: RecordRejected,
    401: AccessDenied,
    403: AccessDenied,
    404: RecordRejected,
    405: Misconfigured,  # method, media type: not this record's fault, every one would fail
    406: Misconfigured,
    407: AccessDenied,
    408: Unreachable,  # the server gave up waiting for us: it has not seen the request whole
    409: Conflict,
    410: RecordRejected,
    412: Conflict,
    415: Misconfigured,
    422: RecordRejected,
    423: Conflict,
    425: Unreachable,
    428: Misconfigured,
    429: RateLimited,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """``url`` is without query and secrets; ``body`` is decompressed; ``writing`` says what was asked.

    ``headers`` are found whatever their case.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    method: str
    url: str
    writing: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Decoded with decimals for fractions. What is no JSON is a maintenance page or a half answer."""
        try:
            return _decode(self.body)
        except RecursionError:
            raise self._not_json("JSON that is nested too deeply") from None
        except ValueError:
            kind = self.headers.get("Content-Type", "no content type")
            raise self._not_json(f"something that is not JSON ({kind})") from None

    def _not_json(self, what: str) -> ConnectorError:
        message = f"{self.url} answered {self.status} with {what}."
        return OutcomeUnknown(message) if self.writing else Unreachable(message)


def default_error(answer: Answer) -> ConnectorError | None:
    """What the status says, ``None`` for a success. A vendor's ``error_for`` falls back to this."""
    status = answer.status
    if answer.ok:
        return None
    message, detail = _sentence(answer), f"HTTP {status} to {answer.method} {answer.url}"
    if status >= 500 or status < 200:
        unclear = OutcomeUnknown if answer.writing else Unreachable
        return unclear(message, detail=detail)
    if status < 400:
        return _moved(answer, message, detail)
    kind = STATUS_ERRORS.get(status, RecordRejected)
    if issubclass(kind, RateLimited):
        return kind(message, detail=detail, retry_after=retry_after(answer.headers))
    if issubclass(kind, RecordRejected):
        return kind(message, detail=detail, field_errors=complaints(answer))
    return kind(message, detail=detail)


def no_answer(url: str, writing: bool, what: str, *, detail: str = "", lasting: bool = False) -> ConnectorError:
    """The request could have arrived and no complete answer came. ``lasting``: it would end so again."""
    if writing:
        return OutcomeUnknown(f"{url} {what} after the record was sent; it may have been applied.", detail=detail)
    return (Misconfigured if lasting else Unreachable)(f"{url} {what}.", detail=detail)


def retry_after(headers: Mapping[str, str], *, now: float | None = None) -> float | None:
    """Seconds to wait, from a number or an HTTP date; ``None`` where the header is absent or unreadable."""
    value = (headers.get("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, until.timestamp() - (time.time() if now is None else now))


def complaints(answer: Answer) -> dict[str, str]:
    """Field → complaint, from a problem document (RFC 9457) with ``errors``; empty for any other body."""
    try:
        found = _decode(answer.body).get("errors")
    except (ValueError, RecursionError, AttributeError):
        return {}
    pairs = [_complaint(entry) for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return {field: text for field, text in pairs if field and text}


def _complaint(entry: Mapping[str, Any]) -> tuple[str, str]:
    field = next((entry[name] for name in ("field", "attr", "pointer", "path") if entry.get(name)), "")
    text = next((entry[name] for name in ("detail", "message", "title") if entry.get(name)), "")
    return str(field).lstrip("#/"), str(text)[:300]


def _moved(answer: Answer, message: str, detail: str) -> ConnectorError:
    """A redirect that we did not follow. 302 and 303 are also how forms say "done"; 307 and 308 are not."""
    if answer.writing and answer.status in (300, 302, 303, 304):
        return OutcomeUnknown(message, detail=detail)
    return Misconfigured(message, detail=detail)


_WORDS = {
    401: "Access denied: {url} refused our credentials (401).",
    403: "Access denied: our credentials do not reach {url} (403).",
    404: "{url} does not exist at the other side (404).",
    409: "{url} refused the record because its own version differs (409).",
    412: "{url} refused the record because its own version has moved on (412).",
    429: "{url} asks us to slow down (429).",
}


def _sentence(answer: Answer) -> str:
    words = _WORDS.get(answer.status)
    if words:
        return words.format(url=answer.url)
    if 300 <= answer.status < 400:
        return f"{answer.url} sends us on to another address ({answer.status}), which we did not follow."
    if answer.status >= 500:
        said = "could not work" if not answer.writing else "failed after the record was sent; it may have been applied"
        return f"{answer.url} {said} ({answer.status})."
    return f"{answer.url} refused the request ({answer.status})."
