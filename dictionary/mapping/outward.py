"""The second half of a rule on the way out: canonical value to what the target wants to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from dictionary.mapping.paths import Path, compile_path
from dictionary.mapping.rules import Rule
from dictionary.mapping.sources import after, each_item, joiner, looker
from dictionary.mapping.surroundings import Surroundings
from dictionary.specs.code_list import CodeListSpec
from dictionary.specs.element import ElementSpec
from dictionary.values.codes import ambiguous_outbound, outbound
from dictionary.values.dates import date_writer, format_problem, zone_named
from dictionary.values.errors import ValueRefused, shown
from dictionary.values.noted import Noted
from dictionary.values.numbers import decimal_from
from dictionary.values.rounding import rounder
from dictionary.values.units import converter

Convert = Callable[[Any], Any]


def conversion(rule: Rule, element: ElementSpec | None, around: Surroundings, many: bool) -> Convert:
    """canonical value → outgoing value. Without declarations a value goes out as it is."""
    steps = _steps(rule, element, around)
    convert: Convert = steps[-1] if steps else _as_it_is
    for earlier in reversed(steps[:-1]):
        convert = after(earlier, convert)
    return each_item(convert) if many else convert


def _steps(rule: Rule, element: ElementSpec | None, around: Surroundings) -> list[Convert]:
    field = rule.target
    steps: list[Convert] = [joiner(rule, field)] if rule.concat else []
    if rule.lookup:
        steps.append(looker(around.lookups[rule.lookup], rule.lookup, field))
    if rule.code_system:
        steps.append(outbound(around.code_lists[_list_of(rule, element)], rule.code_system, field))
    if rule.date_format or rule.date_zone:
        steps.append(_date(rule, field))
    steps += _number_steps(rule, element, field)
    return [*steps, _SHAPES[rule.shape](field)] if rule.shape else steps


def _number_steps(rule: Rule, element: ElementSpec | None, field: str) -> list[Convert]:
    """One rounding: with the unit where there is one, else by itself."""
    if rule.unit and rule.unit.target:
        return [_unit(rule, field)]
    if rule.digits is None and rule.significant is None:
        return []
    return [_rounding(rule, element, field)]


def _as_it_is(value: Any) -> Any:
    return value


def _unit(rule: Rule, field: str) -> Convert:
    target = rule.unit.target if rule.unit else ""
    mode = rule.round_mode or "half_even"

    def convert(quantity: Any) -> Any:
        number, unit = _taken_apart(quantity, field)
        value = converter(unit, target, field, rule.digits, rule.significant, mode)(number)
        result = {"value": value, "unit": target}
        return (
            result
            if unit == target and value == number
            else Noted(result, (("converted from {} {} to {} {}", number, unit, value, target),))
        )

    return convert


def _rounding(rule: Rule, element: ElementSpec | None, field: str) -> Convert:
    mode = rule.round_mode or (element.rounding if element else "half_even")
    rounded = rounder(rule.digits, rule.significant, mode) or _as_it_is

    def convert(raw: Any) -> Any:
        number = decimal_from(raw["value"] if type(raw) is dict and "value" in raw else raw, field)
        value = rounded(number)
        result = {**raw, "value": value} if type(raw) is dict else value
        return result if value == number else Noted(result, (("rounded {} from {} to {}", mode, number, value),))

    return convert


def _taken_apart(quantity: Any, field: str) -> tuple[Decimal, str]:
    if type(quantity) is dict and "value" in quantity and type(quantity.get("unit")) is str:
        return decimal_from(quantity["value"], field), quantity["unit"]
    raise ValueRefused(field, quantity, "quantity", f"The value {shown(quantity)} for field {field} is not a quantity.")


def _date(rule: Rule, field: str) -> Convert:
    write = date_writer(rule.date_format or "%Y-%m-%dT%H:%M:%S%z", rule.date_zone)

    def convert(value: Any) -> Any:
        try:
            return write(value)
        except (ValueError, TypeError, OverflowError):
            sentence = f"The value {shown(value)} for field {field} is not a canonical date or time."
            raise ValueRefused(field, value, "date", sentence) from None

    return convert


def _text(field: str) -> Convert:
    def convert(value: Any) -> Any:
        if type(value) is dict and "value" in value:
            value = value["value"]
        if type(value) is bool:
            return "true" if value else "false"
        return f"{value:f}" if type(value) is Decimal else str(value)

    return convert


def _number(field: str) -> Convert:
    return lambda value: decimal_from(value["value"] if type(value) is dict and "value" in value else value, field)


def _quantity(field: str) -> Convert:
    def convert(value: Any) -> Any:
        _taken_apart(value, field)
        return value

    return convert


_SHAPES: Mapping[str, Callable[[str], Convert]] = {"text": _text, "number": _number, "quantity": _quantity}


def source_element(rule: Rule, around: Surroundings) -> ElementSpec | None:
    """The element that a rule reads: its path starts with a field of the entity."""
    path = _first_path(rule)
    return around.element_of(str(path.parts[0])) if path and path.parts else None


def _first_path(rule: Rule) -> Path | None:
    return compile_path(rule.path) if rule.path else None


def problems(rule: Rule, around: Surroundings, code_lists: Mapping[str, CodeListSpec]) -> list[str]:
    """Why the rule cannot work; each a sentence."""
    element = source_element(rule, around)
    found = [
        *_field_problems(rule, around),
        *_code_problems(rule, element, code_lists),
        *_unit_problems(rule, element),
    ]
    if rule.date_zone and zone_named(rule.date_zone) is None:
        found.append(f"the zone '{rule.date_zone}' is not in the time zone database")
    if rule.date_format and (problem := format_problem(rule.date_format, False)) and "epoch" not in rule.date_format:
        found.append(problem)
    return [f"In {rule.name}, {problem}." for problem in found]


# Stands beside the entity's fields: original id, mapping revision, receipts of earlier routes (M2.5).
PROVENANCE = "hub"


def _field_problems(rule: Rule, around: Surroundings) -> list[str]:
    if around.entity is None:
        return []
    found = []
    for text in rule.paths:
        parts = compile_path(text).parts or compile_path(text).pattern
        if parts and parts[0] != PROVENANCE and around.entity.field(str(parts[0])) is None:
            found.append(f"the path '{text}' reads '{parts[0]}', which is not a field of entity '{around.entity.key}'")
    return found


def _list_of(rule: Rule, element: ElementSpec | None) -> str:
    return rule.code_list or (element.code_list if element else "")


def _code_problems(rule: Rule, element: ElementSpec | None, code_lists: Mapping[str, CodeListSpec]) -> list[str]:
    if not rule.code_system:
        return []
    name = _list_of(rule, element)
    if name not in code_lists:
        return [f"the code list '{name}' does not exist"]
    codes = code_lists[name]
    if rule.code_system not in codes.crosswalks and rule.code_system not in codes.outbound:
        return [f"code list '{name}' has no crosswalk for system '{rule.code_system}'"]
    unclear = ambiguous_outbound(codes, rule.code_system)
    if not unclear:
        return []
    listed = ", ".join(unclear)
    return [
        (
            f"system '{rule.code_system}' has several codes for {listed} of "
            f"'{name}': declare which one to send in 'outbound'"
        )
    ]


def _unit_problems(rule: Rule, element: ElementSpec | None) -> list[str]:
    if rule.unit is None:
        return []
    if not rule.unit.target:
        return ["a unit on the way out is declared with 'to'"]
    if element is None:
        return []
    if element.type != "quantity":
        return [f"a unit is declared, but element '{element.key}' is of type {element.type}, not quantity"]
    try:
        converter(element.unit or "1", rule.unit.target, element.key)
    except ValueRefused as refused:
        return [refused.sentence.rstrip(".").replace("The unit", "the unit", 1)]
    return []
