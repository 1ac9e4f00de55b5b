"""Whether two values of one element say the same, within its tolerances."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any

from dictionary.specs.element import ElementSpec
from dictionary.values.errors import ValueRefused, shown
from dictionary.values.numbers import decimal_from
from dictionary.values.units import convert


def difference(left: Any, right: Any, element: ElementSpec) -> str | None:
    """None where the values agree, else one sentence. Raises ValueRefused for what cannot be compared.

    Numbers agree when |left − right| ≤ tolerance_abs, or ≤ tolerance_rel × the larger magnitude; without a
    tolerance they must be equal in value (1.50 = 1.5). Quantities are compared in the element's unit. Text
    is compared as NFC, trailing blanks count.
    """
    if left is None or right is None:
        return None if left is right else f"{element.label}: {shown(left)} against {shown(right)}."
    if element.is_numeric:
        return _numbers(_amount(left, element), _amount(right, element), element)
    if _same(left, right, element.type):
        return None
    return f"{element.label}: {shown(left)} against {shown(right)}."


def agree(left: Any, right: Any, element: ElementSpec) -> bool:
    return difference(left, right, element) is None


def within(left: Decimal, right: Decimal, absolute: Decimal | None, relative: Decimal | None) -> bool:
    gap = abs(left - right)
    if gap == 0 or (absolute is not None and gap <= absolute):
        return True
    return relative is not None and gap <= relative * max(abs(left), abs(right))


def _numbers(left: Decimal, right: Decimal, element: ElementSpec) -> str | None:
    if within(left, right, element.tolerance_abs, element.tolerance_rel):
        return None
    unit = f" {element.unit}" if element.unit else ""
    return (
        f"{element.label}: {left}{unit} against {right}{unit}, a difference of "
        f"{abs(left - right)}{unit}{_allowed(element)}."
    )


def _allowed(element: ElementSpec) -> str:
    parts = [f"{element.tolerance_abs} absolute"] if element.tolerance_abs is not None else []
    parts += [f"{element.tolerance_rel} relative"] if element.tolerance_rel is not None else []
    return f" where {' or '.join(parts)} is allowed" if parts else ""


def _amount(value: Any, element: ElementSpec) -> Decimal:
    if not isinstance(value, dict):
        return decimal_from(value, element.key)
    if "value" not in value:
        raise ValueRefused(element.key, value, "quantity", f"{element.label}: the quantity has no value.")
    number = decimal_from(value["value"], element.key)
    return convert(number, value.get("unit") or element.unit, element.unit, field=element.key)


def _same(left: Any, right: Any, kind: str) -> bool:
    if kind == "datetime":
        return datetime.fromisoformat(left) == datetime.fromisoformat(right)
    if isinstance(left, str) and isinstance(right, str):
        return unicodedata.normalize("NFC", left) == unicodedata.normalize("NFC", right)
    return type(left) is type(right) and bool(left == right)
