"""Tryton's JSON-RPC: its session, its typed JSON, and what its errors inside 200 mean to us.

Tryton's server (8.2, ``trytond.protocols``) does a call in one transaction, and rolls it back before it
answers with an error: after any complete error nothing was applied.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.auth import Auth
from connectors.errors import AccessDenied, Conflict, ConnectorError, RecordRejected, Unreachable
from connectors.request import Request

LENGTH = 300  # characters of Tryton's own words that a message keeps


class SessionAuth(Auth):
    """``Authorization: Session``, renewed by one new log-in after a 401: sessions end when nobody calls."""

    def __init__(self, username: str, log_in: Callable[[], tuple[int, str]]) -> None:
        self._username, self._log_in = username, log_in
        self._session = ""

    def apply(self, request: Request) -> None:
        if not self._session:
            uid, token = self._log_in()
            self._session = base64.b64encode(f"{self._username}:{uid}:{token}".encode()).decode()
        request.headers["Authorization"] = f"Session {self._session}"

    def renew(self) -> bool:
        self._session = ""
        return True


# Of a kind of record, or of a field everywhere; a rule about one record's state is that record's matter.
_LACKS_RIGHT = re.compile(r'You are not allowed to (access|execute|modify the field "[^"]*" of) ')


def typed(value: Any) -> Any:
    """Our values as Tryton's JSON, where a decimal or a time is an object with ``__class__``."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)  # Tryton keeps UTC and says no zone
        return {"__class__": "datetime", **_parts(moment, *_DATE, *_TIME)}
    if isinstance(value, date):
        return {"__class__": "date", **_parts(value, *_DATE)}
    if isinstance(value, Mapping):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [typed(item) for item in value]
    return value


def untyped(value: Any) -> Any:
    """Tryton's JSON as our values; times come back aware."""
    if isinstance(value, list):
        return [untyped(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    kind = value.get("__class__")
    if kind == "Decimal":
        return Decimal(value["decimal"])
    if kind == "datetime":
        return datetime(**{name: value[name] for name in (*_DATE, *_TIME)}, tzinfo=UTC)
    if kind == "date":
        return date(*(value[name] for name in _DATE))
    if kind == "timedelta":
        return timedelta(seconds=float(value["seconds"]))
    return {key: untyped(item) for key, item in value.items()}


_DATE = ("year", "month", "day")
_TIME = ("hour", "minute", "second", "microsecond")


def _parts(moment: date, *names: str) -> dict[str, int]:
    return {name: getattr(moment, name) for name in names}


def refusal(error: Any) -> ConnectorError:
    """What an error inside a 200 means. It is ``[kind, words]``, or ``[text, traceback]`` of a failure."""
    kind, words = (error[0], error[1]) if isinstance(error, list) and len(error) > 1 else (str(error), "")
    match kind:
        case "UserError":
            return _user_error(_said(words, 0))
        case "UserWarning":  # [name, message, description]: somebody must look, and we are nobody
            return RecordRejected(f"Tryton wants a person to confirm: {_said(words, 1)}")
        case "ConcurrencyException":
            return Conflict(f"Tryton's record was changed by somebody else in the meantime: {words}.")
        case "LoginException":
            return AccessDenied("Access denied: Tryton asks for another way to log in than a password.")
    # A failure of the server itself, for example while it loads its modules after a start. It was rolled
    # back like any other, so that trying again is right; what never mends runs out of tries.
    return Unreachable(
        "Tryton failed inside and applied nothing. Where this does not pass, a module or field that the hub "
        "uses may be missing there.",
        detail=str(kind)[:LENGTH],
    )


def _user_error(said: str) -> ConnectorError:
    if _LACKS_RIGHT.match(said):
        return AccessDenied(f"Access denied: Tryton's user lacks a right. {said}")
    if "must be unique" in said:
        # On SQLite two writers can draw the same number; on either database two deliveries can bring one
        # key. The loser was rolled back: it tries again, gets another number or finds the winner's record.
        return Unreachable(f"Tryton was writing the same thing at the same time and applied nothing: {said}")
    return RecordRejected(f"Tryton refused the record: {said}")


def _said(words: Any, place: int) -> str:
    """Tryton's sentence, without the definitions of fields that follow it."""
    text = str(words[place] if isinstance(words, list) and len(words) > place else words)
    return text.replace("\xa0", " ")[:LENGTH]
