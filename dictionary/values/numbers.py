"""Numbers from text, exactly: no float on the way, no guess about a comma."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from dictionary.values.errors import ValueRefused, shown

# Wide enough for every measured quantity, narrow enough that no exponent can exhaust the memory.
MAX_EXPONENT = 400
MAX_LENGTH = 400

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_GROUPED = {
    mark: re.compile(rf"[+-]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+(?!\d)", re.ASCII) for mark in ",.' \u00a0\u202f"
}


def decimal_from(raw: Any, field: str) -> Decimal:
    """An int, a finite Decimal or a plain number in text as Decimal; anything else is refused, a float
    too."""
    if type(raw) is Decimal:
        return _bounded(raw, raw, field)
    if type(raw) is int:
        return _bounded(Decimal(raw), raw, field)
    if type(raw) is str:
        return decimal_from_text(raw, field)
    raise ValueRefused(field, raw, "number", f"The value {shown(raw)} in field {field} is not a number.{_why(raw)}")


def decimal_from_text(raw: str, field: str) -> Decimal:
    text = raw.strip()
    if len(text) > MAX_LENGTH or not _NUMBER.fullmatch(text):
        raise ValueRefused(field, raw, "number", _not_a_number(raw, text, field))
    return _bounded(Decimal(text), raw, field)


def plain_number(raw: str, decimal_mark: str, group_mark: str, field: str) -> str:
    """Text such as "1.234,5" with its marks declared (decimal ",", group ".") as plain text: "1234.5"."""
    text = raw.strip()
    whole, _, rest = text.partition(decimal_mark)
    if group_mark and group_mark in whole:
        if not _GROUPED[group_mark].fullmatch(whole):
            raise ValueRefused(field, raw, "number", _wrong_groups(raw, group_mark, field))
        whole = whole.replace(group_mark, "")
    if decimal_mark != "." and "." in whole + rest:
        raise ValueRefused(field, raw, "number", _not_a_number(raw, text, field))
    return f"{whole}.{rest}" if rest else whole


def _bounded(number: Decimal, raw: Any, field: str) -> Decimal:
    if number.is_finite() and -MAX_EXPONENT <= number.adjusted() <= MAX_EXPONENT:
        return number
    sentence = f"The value {shown(raw)} in field {field} is outside the range of numbers that are handled."
    raise ValueRefused(field, str(raw)[:MAX_LENGTH], "number", sentence)


def _why(raw: Any) -> str:
    return (
        " Binary floating point is never accepted: decode the document with exact decimals."
        if type(raw) is float
        else ""
    )


def _not_a_number(raw: str, text: str, field: str) -> str:
    hint = (
        " Declare its decimal mark in the rule." if "," in text and text.replace(",", "").strip("+-.").isdigit() else ""
    )
    return f"The value {shown(raw)} in field {field} is not a plain decimal number.{hint}"


def _wrong_groups(raw: str, mark: str, field: str) -> str:
    return f"The value {shown(raw)} in field {field} is not grouped by threes with {shown(mark)}."
