"""From a raw value to an element's type, without loss, or with the loss written down.

`coercer(element, …)` returns one function. It gives back the canonical value, or Noted(value, notes) where
something was rounded, read from text or otherwise changed; it raises ValueRefused. Canonical forms: text,
code, reference: str; integer: int; decimal: Decimal; quantity: {"value": Decimal, "unit": the element's};
boolean: bool; date and datetime: text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dictionary.specs.code_list import CodeListSpec
from dictionary.specs.element import ElementSpec
from dictionary.values.codes import own_code
from dictionary.values.dates import date_reader, datetime_reader
from dictionary.values.errors import ValueRefused, shown
from dictionary.values.noted import Noted, unwrap
from dictionary.values.numbers import decimal_from
from dictionary.values.patterns import matcher
from dictionary.values.rounding import Round, rounder

Coerce = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """What a mapping rule adds to its element: a format and zone for dates, a rounding in the place of the
    element's."""

    date_format: str = ""
    date_zone: str = ""
    digits: int | None = None
    significant: int | None = None
    rounding: str = ""


def coercer(
    element: ElementSpec, field: str, code_list: CodeListSpec | None = None, declared: Declared | None = None
) -> Coerce:
    """The coercion to `element` for a field of that name; a code needs its code list. A quantity comes as a
    number already in the element's unit (`dictionary.values.quantities` converts)."""
    declared = declared or Declared()
    kind = element.type
    if kind == "code":
        return own_code(code_list, field) if code_list else text_coercer(element, field)
    if kind in ("date", "datetime"):
        reader = date_reader if kind == "date" else datetime_reader
        return reader(field, declared.date_format, declared.date_zone)
    if kind == "boolean":
        return lambda raw: _boolean(raw, field)
    if kind in ("text", "reference"):
        return text_coercer(element, field)
    return number_coercer(element, field, declared)


def coerce(raw: Any, element: ElementSpec, code_list: CodeListSpec | None = None) -> tuple[Any, tuple[str, ...]]:
    """One value by its element alone: (value, notes)."""
    return unwrap(coercer(element, element.key, code_list)(raw))


# text


def text_coercer(element: ElementSpec, field: str) -> Coerce:
    limit, fits = element.max_length or 2**31, matcher(element.pattern)

    def coerce_text(raw: Any) -> Any:
        value, notes = _normal(raw, field)
        if len(value) > limit:
            raise ValueRefused(field, raw, "max_length", _too_long(value, field, limit))
        if fits is not None and not fits(value):
            sentence = f"The value {shown(value)} in field {field} does not match the pattern '{element.pattern}'."
            raise ValueRefused(field, raw, "pattern", sentence)
        return Noted(value, notes) if notes else value

    if fits is not None:
        return coerce_text
    return lambda raw: raw if type(raw) is str and len(raw) <= limit and raw.isascii() else coerce_text(raw)


def _normal(raw: Any, field: str) -> tuple[str, tuple[str, ...]]:
    """Text in Unicode's composed form, NFC; numbers are written as their own digits."""
    if type(raw) in (int, Decimal):
        return str(raw), ("number written as text",)
    if type(raw) is not str:
        raise ValueRefused(field, raw, "text", f"The value {shown(raw)} in field {field} is not text.")
    if not raw.isprintable() and not _encodable(raw):
        raise ValueRefused(
            field, ascii(raw), "text", f"The value in field {field} holds half a character (a surrogate)."
        )
    if unicodedata.is_normalized("NFC", raw):
        return raw, ()
    return unicodedata.normalize("NFC", raw), ("letters composed (Unicode NFC)",)


def _encodable(raw: str) -> bool:
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _too_long(value: str, field: str, limit: int) -> str:
    return f"The value {shown(value)} in field {field} has {len(value)} characters; at most {limit} are allowed."


# numbers


def number_coercer(element: ElementSpec, field: str, declared: Declared) -> Coerce:
    """Number in, Decimal (or int) out: rounded once as declared, then held against the limits."""
    finish = finisher(element, field, declared)
    whole = element.type == "integer"

    def coerce_number(raw: Any) -> Any:
        if whole and type(raw) is int and not limited:
            return raw
        return finish(decimal_from(raw, field), raw)

    limited = element.minimum is not None or element.maximum is not None or rounds(element, declared) is not None
    return coerce_number


_ROUNDED = "rounded {} from {} to {}"

Finish = Callable[[Decimal, Any], Any]


def finisher(element: ElementSpec, field: str, declared: Declared) -> Finish:
    """(number in the element's unit, raw value) → the number, rounded by rule or element and within its
    limits."""
    rounded_by = rounds(element, declared)
    mode = declared.rounding or element.rounding
    low, high, whole = element.minimum, element.maximum, element.type == "integer"

    def finish(number: Decimal, raw: Any) -> Any:
        value = rounded_by(number) if rounded_by else number
        if low is not None and value < low:
            raise _limit(raw, field, "minimum", f"is below {low}", element.unit)
        if high is not None and value > high:
            raise _limit(raw, field, "maximum", f"is above {high}", element.unit)
        result: Any = _whole(value, raw, field) if whole else value
        return result if value == number else Noted(result, ((_ROUNDED, mode, number, value),))

    return finish


def rounds(element: ElementSpec, declared: Declared) -> Round | None:
    """The rule's rounding, else the element's."""
    mode = declared.rounding or element.rounding
    if declared.digits is not None or declared.significant is not None:
        return rounder(declared.digits, declared.significant, mode)
    return rounder(element.digits, element.significant, mode)


def _whole(value: Decimal, raw: Any, field: str) -> int:
    if value != value.to_integral_value():
        sentence = f"The value {shown(raw)} in field {field} is not a whole number, and no rounding is declared."
        raise ValueRefused(field, raw, "integer", sentence)
    return int(value)


def _limit(raw: Any, field: str, rule: str, what: str, unit: str) -> ValueRefused:
    ending = f" {unit}" if unit else ""
    return ValueRefused(field, raw, rule, f"The value {shown(raw)} in field {field} {what}{ending}.")


def _boolean(raw: Any, field: str) -> Any:
    if type(raw) is bool:
        return raw
    if raw in ("true", "false"):
        return Noted(raw == "true", ("truth value read from text",))
    raise ValueRefused(field, raw, "boolean", f"The value {shown(raw)} in field {field} is neither true nor false.")
