"""What a column holds, as a record may carry it; and what a checkpoint keeps of a column. Pure."""

from __future__ import annotations

import base64
import json
import math
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from connectors.nesting import is_deep


class Nested(str):
    """JSON of a column that goes too deep to be read: its own text."""

    __slots__ = ()


def exact_json(text: str | bytes) -> Any:
    """JSON of a column with exact numbers. ``Nested`` where it goes too deep."""
    try:
        value = json.loads(text, parse_float=Decimal)
    except RecursionError:
        value = None
    else:
        if not isinstance(value, dict | list) or not is_deep(value):
            return value
    return Nested(text if isinstance(text, str) else text.decode())


class ZoneMissing(ValueError):
    """A time without a zone was found and the connection does not say which zone its clock keeps."""


def plain(value: Any, zone: tzinfo | None) -> Any:
    """JSON-able: exact numbers, ISO 8601 times with an offset, bytes as base64, NULL as ``None``."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return Decimal(repr(value)) if math.isfinite(value) else str(value)
        case Decimal():
            return value if value.is_finite() else str(value)
        case datetime():
            return aware(value, zone).isoformat()
        case date() | time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(bytes(value)).decode("ascii")
        case list() | tuple():
            return [plain(item, zone) for item in value]
        case dict():
            return {str(key): plain(item, zone) for key, item in value.items()}
    return str(value)  # UUID, interval, network address, range: their own text


def aware(value: datetime, zone: tzinfo | None) -> datetime:
    """The moment that a column means: a time without an offset is read on the clock of the connection."""
    if value.tzinfo is not None:
        return value
    if zone is None:
        raise ZoneMissing(f"the time {value.isoformat()} has no zone")
    return value.replace(tzinfo=zone)


def moment(value: Any, zone: tzinfo | None) -> datetime | None:
    """When a row changed, where its cursor is a time (SQLite keeps times as text) and not a number."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime) and (value.tzinfo or zone):
        return aware(value, zone)
    return None


def stepped_back(value: Any, overlap: int) -> Any:
    """Where to begin again: ``overlap`` seconds before a time, ``overlap`` numbers before a number.

    Text is compared as text, so the lower bound keeps its separator and ends with the whole second: a
    shorter text sorts before all that it begins.
    """
    if isinstance(value, (int, Decimal)):
        return value - overlap
    if isinstance(value, datetime):
        return value - timedelta(seconds=overlap)
    if isinstance(value, date):
        return value - timedelta(days=math.ceil(overlap / 86_400))
    earlier = datetime.fromisoformat(value) - timedelta(seconds=overlap)
    if len(value) == len("2026-01-31"):
        return earlier.date().isoformat()
    return earlier.replace(tzinfo=None, microsecond=0).isoformat(sep=value[10])


def packed(value: Any) -> Any:
    """A raw column value for a JSON checkpoint, so that ``unpacked`` gives back the same type."""
    match value:
        case None | int() | str():
            return value
        case Decimal():
            return {"number": str(value)}
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case bytes():
            return {"bytes": value.hex()}
    return str(value)


def unpacked(value: Any) -> Any:
    """The column value that ``packed`` was given."""
    match value:
        case {"number": text}:
            return Decimal(text)
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"bytes": text}:
            return bytes.fromhex(text)
    return value
