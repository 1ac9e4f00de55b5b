"""Cursor values: how a source writes "last changed", so that two of them can be compared.

Text does not do: "…:00Z" sorts after "…:00.5Z". A checkpoint keeps the source's own spelling, so that
the source gets back what it gave.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

CursorFormat = Literal["iso", "epoch_s", "epoch_ms", "number", "text"]

_PER_SECOND = {"epoch_s": 1, "epoch_ms": 1000}


def position(raw: Any, form: CursorFormat) -> Any:
    """A comparable value: an aware datetime, a Decimal, or text. ``ValueError`` says what is wrong."""
    if form == "text":
        return str(raw)
    if form == "iso":
        return _moment(raw)
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(raw, bool) or not number.is_finite():
        raise ValueError(f"{raw!r} is not a number")
    if form == "number":
        return number
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=float(number / _PER_SECOND[form]))
    except OverflowError:
        raise ValueError(f"{raw!r} is not a time between the years 1 and 9999") from None


def _moment(raw: Any) -> datetime:
    """A time without an offset is taken as UTC."""
    try:
        moment = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        raise ValueError(f"{raw!r} is not a date and time in ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def stored(raw: Any) -> Any:
    """The source's spelling as JSON can keep it."""
    return str(raw) if isinstance(raw, Decimal) else raw


def earlier(raw: Any, form: CursorFormat, seconds: float) -> Any:
    """``raw`` moved back, for a source that only knows "after" and whose clock has whole seconds."""
    if not seconds or form in ("number", "text"):
        return raw
    moment = position(raw, form) - timedelta(seconds=seconds)
    if form == "iso":
        return moment.isoformat().replace("+00:00", "Z")
    return int(moment.timestamp() * _PER_SECOND[form])
