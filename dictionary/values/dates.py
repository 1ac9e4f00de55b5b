"""Dates and times: ISO 8601 with a zone, or one format and one zone that the field declares.

Canonical text: a date is "2025-04-03"; a time is UTC, "2025-04-03T10:15:00Z", with a fraction only where
there is one. Nothing is guessed: a day/month order, a missing zone, an hour that a clock change skipped or
repeated are refused. Formats are those of strptime (C89), and "epoch_s" or "epoch_ms" for counts since 1970.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dictionary.values.errors import ValueRefused, shown
from dictionary.values.formats import format_reader
from dictionary.values.noted import Noted
from dictionary.values.numbers import decimal_from

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII
)
_CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_TRIPLE = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{2}|\d{4})(?!\d).*", re.ASCII | re.DOTALL)
_EPOCH = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
_START = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = tuple(date(2000, month, 1).strftime("%B") for month in range(1, 13))

Read = Callable[[Any], Any]


def date_reader(field: str, format: str = "", zone: str = "") -> Read:
    """A function from raw text to "YYYY-MM-DD". A time of day is dropped, and noted, only where a zone is
    declared."""
    if not format:
        return lambda raw: _iso_date(raw, field, zone)
    return lambda raw: _declared(raw, field, format).date().isoformat()


def datetime_reader(field: str, format: str = "", zone: str = "") -> Read:
    """A function from raw text to UTC text; `zone` (IANA name) is what a time without an offset is read
    in."""
    if format in _EPOCH:
        return lambda raw: _from_epoch(raw, field, _EPOCH[format])
    if format:
        return lambda raw: utc_text(_aware(_declared(raw, field, format), raw, field, zone))
    return lambda raw: _iso_datetime(raw, field, zone)


def date_writer(format: str, zone: str = "") -> Callable[[str], str]:
    """The way out: a canonical date or time written in a target's format, in its zone (UTC without one)."""
    if format in _EPOCH:
        return lambda text: str((datetime.fromisoformat(text) - _START) // timedelta(microseconds=_EPOCH[format]))
    return lambda text: _written(text, format, zone)


def utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@cache
def zone_named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def format_problem(format: str, needs_time: bool) -> str | None:
    """Why a declared format cannot be used, or None."""
    if format in _EPOCH:
        return None if needs_time else f"the format '{format}' gives a time, but the element is a date"
    if not all(any(code in format for code in codes) for codes in (("%Y", "%y"), ("%m", "%b", "%B"), ("%d",))):
        return f"the format '{format}' does not name year, month and day"
    if needs_time and "%H" not in format and not ("%I" in format and "%p" in format):
        return f"the format '{format}' gives no time of day"
    try:
        datetime.strptime(datetime(2025, 4, 3, 13, 5, tzinfo=UTC).strftime(format), format)  # noqa: DTZ007 - only whether it can be read
    except (ValueError, re.error):
        return f"the format '{format}' cannot be read back"
    return None


def _written(text: str, format: str, zone: str) -> str:
    moment = datetime.fromisoformat(text)
    if zone and moment.tzinfo is not None:
        moment = moment.astimezone(zone_named(zone))
    return moment.strftime(format)


def _iso_date(raw: Any, field: str, zone: str) -> Any:
    if type(raw) is str and _ISO_DATE.fullmatch(raw):
        return _calendar(raw, field, date.fromisoformat).isoformat()
    if zone and type(raw) is str and _ISO_TIME.fullmatch(raw):
        moment = _parsed_iso(raw, field, zone)[0].astimezone(zone_named(zone))
        return Noted(moment.date().isoformat(), (f"time of day left out; the date is that of {zone}",))
    raise _unreadable(raw, field, "a date such as 2025-04-03")


def _iso_datetime(raw: Any, field: str, zone: str) -> Any:
    if type(raw) is str and len(raw) == 20 and _CANONICAL.fullmatch(raw):
        _calendar(raw, field, datetime.fromisoformat)
        return raw
    moment, rest = _parsed_iso(raw, field, zone)
    text = utc_text(moment)
    return Noted(text, (f"digits of the second after the sixth left out: {rest}",)) if rest.strip("0") else text


def _parsed_iso(raw: Any, field: str, zone: str) -> tuple[datetime, str]:
    found = _ISO_TIME.fullmatch(raw) if type(raw) is str else None
    if found is None:
        raise _unreadable(raw, field, "a time such as 2025-04-03T10:15:00Z")
    minutes, second, fraction, offset = found.groups("")
    text = f"{minutes}:{second or '00'}.{fraction[:6].ljust(6, '0')}{offset}"
    return _aware(_calendar(text, field, datetime.fromisoformat, raw), raw, field, zone), fraction[6:]


def _calendar(text: str, field: str, parse: Callable[[str], Any], raw: str = "") -> Any:
    try:
        return parse(text)
    except ValueError:
        sentence = f"The value {shown(raw or text)} in field {field} is not a day or time of the calendar."
        raise ValueRefused(field, raw or text, "date", sentence) from None


def _declared(raw: Any, field: str, format: str) -> datetime:
    try:
        return format_reader(format)(raw)
    except (ValueError, TypeError):
        sentence = f"The value {shown(raw)} in field {field} does not have the declared format '{format}'."
        raise ValueRefused(field, raw, "date.format", sentence) from None


def _aware(moment: datetime, raw: Any, field: str, zone: str) -> datetime:
    """`moment` with its own offset, or in the declared zone; refuses hours that a clock change skips or
    repeats."""
    if moment.tzinfo is None:
        moment = _in_zone(moment, raw, field, zone)
    if 2 <= moment.year <= 9998:  # room for the offset at either end of the calendar
        return moment
    raise ValueRefused(field, raw, "date", f"The year of {shown(raw)} in field {field} is out of range.")


def _in_zone(moment: datetime, raw: Any, field: str, zone: str) -> datetime:
    if not zone:
        sentence = f"The time {shown(raw)} in field {field} has no zone, and the rule declares none."
        raise ValueRefused(field, raw, "date.zone", sentence)
    first = moment.replace(tzinfo=zone_named(zone))
    if first.utcoffset() == first.replace(fold=1).utcoffset():
        return first
    skipped = first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None) != moment
    what = "does not exist: the clocks skipped it" if skipped else "happened twice: the clocks were set back"
    raise ValueRefused(field, raw, "date.zone", f"The time {shown(raw)} in field {field} {what} in {zone}.")


def _from_epoch(raw: Any, field: str, microseconds: int) -> Any:
    count = decimal_from(raw, field) * microseconds
    whole = int(count)
    try:
        text = utc_text(_START + timedelta(microseconds=whole))
    except OverflowError:
        raise ValueRefused(field, raw, "date", f"The time {shown(raw)} in field {field} is out of range.") from None
    return text if Decimal(whole) == count else Noted(text, ("part of a microsecond left out",))


def _unreadable(raw: Any, field: str, wanted: str) -> ValueRefused:
    found = _TRIPLE.fullmatch(raw.strip()) if type(raw) is str else None
    if found is None:
        sentence = f"The value {shown(raw)} in field {field} is not {wanted}, and no other format is declared."
        return ValueRefused(field, raw, "date", sentence)
    first, second, year = int(found[1]), int(found[3]), found[4]
    if first <= 12 and second <= 12 and first != second:
        readings = f"{first} {MONTHS[second - 1]} {year} or {second} {MONTHS[first - 1]} {year}"
        sentence = f"The date {shown(raw)} in field {field} is ambiguous ({readings}): declare a format for the field."
        return ValueRefused(field, raw, "date.ambiguous", sentence)
    sentence = f"The date {shown(raw)} in field {field} is not ISO 8601: declare a format for the field."
    return ValueRefused(field, raw, "date.format", sentence)
