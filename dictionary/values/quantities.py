"""Quantities: a number and its unit become {"value": Decimal, "unit": the element's}, with one rounding at
the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from dictionary.specs.element import ElementSpec
from dictionary.values.coercion import Declared, finisher, rounds
from dictionary.values.errors import ValueRefused, shown
from dictionary.values.noted import Noted
from dictionary.values.numbers import decimal_from
from dictionary.values.units import converter, same_unit

_CONVERTED = "converted from {} {} to {} {}"
_ROUNDED = "converted and rounded from {} {} to {} {}"

Measure = Callable[[Any, Any], Any]


def measurer(
    element: ElementSpec,
    field: str,
    declared: Declared | None = None,
    aliases: Mapping[str, str] | None = None,
) -> Measure:
    """(raw number, raw unit) → quantity in the element's unit. `aliases` are a system's own words for UCUM
    codes."""
    declared = declared or Declared()
    finish = finisher(element, field, declared)
    digits, significant = _places(element, declared)
    mode, target, words = declared.rounding or element.rounding, element.unit or "1", aliases or {}
    rounded = rounds(element, declared) is not None

    def measure(raw: Any, raw_unit: Any) -> Any:
        if type(raw) is dict:
            raw, raw_unit = _taken_apart(raw, raw_unit, field)
        number = decimal_from(raw, field)
        unit = _unit_text(raw_unit, words, raw, field)
        if unit == target:
            return _quantity(finish(number, raw), target)
        value = converter(unit, target, field, digits, significant, mode)(number)
        return _converted(finish(value, raw), number, unit, target, rounded)

    return measure


def fixed_measurer(
    element: ElementSpec,
    field: str,
    unit: str,
    declared: Declared | None = None,
    aliases: Mapping[str, str] | None = None,
) -> Callable[[Any], Any]:
    """The same with the unit of the source declared, as it is for most fields."""
    declared = declared or Declared()
    finish, target = finisher(element, field, declared), element.unit or "1"
    rounded = rounds(element, declared) is not None
    mode = declared.rounding or element.rounding
    unit = (aliases or {}).get(unit, unit)
    convert = None if same_unit(unit, target) else converter(unit, target, field, *_places(element, declared), mode)

    def measure(raw: Any) -> Any:
        number = decimal_from(_taken_apart(raw, unit, field)[0] if type(raw) is dict else raw, field)
        if convert is None:
            return _quantity(finish(number, raw), target)
        return _converted(finish(convert(number), raw), number, unit, target, rounded)

    return measure


def _places(element: ElementSpec, declared: Declared) -> tuple[int | None, int | None]:
    if declared.digits is not None or declared.significant is not None:
        return declared.digits, declared.significant
    return element.digits, element.significant


def _taken_apart(raw: dict[str, Any], raw_unit: Any, field: str) -> tuple[Any, Any]:
    """A quantity that comes as one object {"value": …, "unit": …}."""
    if "value" not in raw:
        sentence = f"The quantity in field {field} is an object without 'value'."
        raise ValueRefused(field, shown(raw), "quantity", sentence)
    own = raw.get("unit")
    if own is not None and raw_unit is not None and own != raw_unit:
        sentence = f"The quantity in field {field} says unit {shown(own)}, but the rule declares {shown(raw_unit)}."
        raise ValueRefused(field, own, "unit", sentence)
    return raw["value"], raw_unit if own is None else own


def _unit_text(raw_unit: Any, words: Mapping[str, str], raw: Any, field: str) -> str:
    if type(raw_unit) is str and raw_unit:
        return words.get(raw_unit, raw_unit)
    sentence = f"The value {shown(raw)} in field {field} has no unit: the rule declares none and the source gives none."
    raise ValueRefused(field, raw_unit, "unit", sentence)


def _quantity(result: Any, unit: str) -> Any:
    if type(result) is Noted:
        return Noted({"value": result.value, "unit": unit}, result.notes)
    return {"value": result, "unit": unit}


def _converted(result: Any, number: Decimal, unit: str, target: str, rounded: bool) -> Noted:
    value, notes = result if type(result) is Noted else (result, ())
    note = (_ROUNDED if rounded else _CONVERTED, number, unit, value, target)
    return Noted({"value": value, "unit": target}, (*notes, note))
