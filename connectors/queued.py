"""A message of a queue as a record: its JSON object, or a broken record that keeps every byte of it. Pure.

A message that was acknowledged is nowhere else, so that one which cannot be read is stored whole: the hub
quarantines it and goes on.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from .exact_json import BROKEN_JSON, parsed, said
from .nesting import MAX_DEPTH, TOO_DEEP, is_deep
from .records import BrokenRecord, Record

MAX_LENGTH = MAX_EXPONENT = 400  # digits, and their place, of a number that the hub handles
WHOLE = range(-(2**63), 2**64)  # numbers without a fraction that it handles


def record_of(
    body: bytes,
    *,
    what: str,
    identity: tuple[str, ...],
    place: tuple[str, ...],
    max_bytes: int,
    changed_at: datetime | None = None,
) -> Record | BrokenRecord:
    """``what`` names the message in a sentence; ``identity`` is a sound one's, ``place`` a broken one's."""
    if len(body) > max_bytes:
        reason = f"{what} has {len(body)} bytes, more than the {max_bytes} of 'max_bytes'."
        return BrokenRecord(place, body, reason)
    try:
        data = value_of(body.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        return BrokenRecord(place, body, f"{what} does not read as UTF-8: at byte {error.start} ({error.reason}).")
    except ValueError as error:
        return BrokenRecord(place, body, f"{what} {error}.")
    if not isinstance(data, dict):
        return BrokenRecord(place, body, f"{what} is not an object with fields.")
    return Record(identity, data, changed_at)


def value_of(text: str) -> Any:
    """JSON that the hub can handle to its end. Raises ValueError, whose text ends a sentence about the message."""
    try:
        value = parsed(text, number=_number, whole=_whole)
    except BROKEN_JSON as error:
        raise ValueError(f"is not JSON: {said(error)}") from None
    if text.count("[") + text.count("{") > MAX_DEPTH and is_deep(value):
        raise ValueError(TOO_DEEP)
    return value


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if len(text) > MAX_LENGTH or (number and abs(number.adjusted()) > MAX_EXPONENT):
        raise ValueError(f"the number {text[:40]} is outside the range that is handled")
    return number


def _whole(text: str) -> int:
    number = int(text)
    if number not in WHOLE:
        raise ValueError(f"the number {text[:40]} is outside the range that is handled")
    return number
