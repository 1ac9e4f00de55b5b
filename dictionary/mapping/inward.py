"""The second half of a rule on the way in: raw value to element, by what the rule and the element declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dictionary.mapping.paths import ABSENT, Path, compile_path
from dictionary.mapping.rules import Rule
from dictionary.mapping.sources import after, each_item, joiner, looker
from dictionary.mapping.surroundings import Surroundings
from dictionary.specs.code_list import CodeListSpec
from dictionary.specs.element import ElementSpec
from dictionary.values.codes import inbound
from dictionary.values.coercion import Declared, coercer
from dictionary.values.dates import format_problem, zone_named
from dictionary.values.errors import ValueRefused
from dictionary.values.numbers import plain_number
from dictionary.values.quantities import fixed_measurer, measurer
from dictionary.values.units import converter

Convert = Callable[[Any], Any]


def conversion(rule: Rule, element: ElementSpec, around: Surroundings, many: bool) -> Convert:
    """raw → canonical value; where the unit stands beside the value, raw is what `with_unit_beside`
    fetches."""
    convert = _to_element(rule, element, around)
    for earlier in reversed(_before(rule, element, around)):
        convert = after(earlier, convert)
    if rule.concat:
        convert = after(joiner(rule, rule.target), convert)
    return each_item(convert) if many else convert


def with_unit_beside(read: Convert, unit_path: str) -> Convert:
    """A reader that fetches the value and its unit, from two places of the document, as one quantity."""
    unit = compile_path(unit_path)

    def read_both(document: Any) -> Any:
        raw = read(document)
        return raw if raw is None or raw == "" else {"value": raw, "unit": _found(unit, document)}

    return read_both


def _found(path: Path, document: Any) -> Any:
    try:
        return path.read(document)
    except ABSENT:
        return None


def declared(rule: Rule) -> Declared:
    return Declared(rule.date_format, rule.date_zone, rule.digits, rule.significant, rule.round_mode)


def _to_element(rule: Rule, element: ElementSpec, around: Surroundings) -> Convert:
    if element.type == "quantity":
        if rule.unit and rule.unit.source:
            return fixed_measurer(element, rule.target, rule.unit.source, declared(rule), rule.unit.aliases)
        measure = measurer(element, rule.target, declared(rule), rule.unit.aliases if rule.unit else None)
        return lambda raw: measure(raw, None)
    return coercer(element, rule.target, around.code_lists.get(element.code_list), declared(rule))


def _before(rule: Rule, element: ElementSpec, around: Surroundings) -> list[Convert]:
    """What happens to the raw value ahead of its coercion, in this order: lookup, crosswalk, marks of the
    number."""
    steps: list[Convert] = []
    if rule.lookup:
        steps.append(looker(around.lookups[rule.lookup], rule.lookup, rule.target))
    if rule.code_system:
        steps.append(inbound(around.code_lists[rule.code_list or element.code_list], rule.code_system, rule.target))
    marks = _marks(rule)
    return [*steps, marks] if marks else steps


def _marks(rule: Rule) -> Convert | None:
    if not rule.decimal_mark and not rule.group_mark:
        return None
    mark = rule.decimal_mark or "."

    def unmark(raw: Any) -> Any:
        if type(raw) is dict and "value" in raw:
            return {**raw, "value": unmark(raw["value"])}
        return plain_number(raw, mark, rule.group_mark, rule.target) if type(raw) is str else raw

    return unmark


def problems(rule: Rule, element: ElementSpec, code_lists: Mapping[str, CodeListSpec]) -> list[str]:
    """Why the rule and its element do not fit; each a sentence."""
    return [
        f"In {rule.name}, {problem}."
        for problem in (
            *_unit_problems(rule, element),
            *_code_problems(rule, element, code_lists),
            *_date_problems(rule, element),
            *_other_problems(rule, element),
        )
    ]


def _unit_problems(rule: Rule, element: ElementSpec) -> list[str]:
    if rule.unit is None:
        return []
    if element.type != "quantity":
        return [f"a unit is declared, but element '{element.key}' is of type {element.type}, not quantity"]
    if rule.unit.target:
        return ["'unit.to' belongs to a mapping on the way out; declare 'from' or 'from_path'"]
    if rule.unit.source_path and rule.many:
        return ["'from_path' gives one unit, so it cannot go with 'many'"]
    sources = [rule.unit.source] if rule.unit.source else []
    return [problem for unit in (*sources, *rule.unit.aliases.values()) for problem in _incommensurable(unit, element)]


def _incommensurable(unit: str, element: ElementSpec) -> list[str]:
    try:
        converter(unit, element.unit or "1", element.key)
    except ValueRefused as refused:
        return [refused.sentence.rstrip(".").replace("The unit", "the unit", 1)]
    return []


def _code_problems(rule: Rule, element: ElementSpec, code_lists: Mapping[str, CodeListSpec]) -> list[str]:
    if element.type == "code" and element.code_list not in code_lists:
        return [f"element '{element.key}' uses code list '{element.code_list}', which does not exist"]
    if not rule.code_system and not rule.code_list:
        return []
    name = rule.code_list or element.code_list
    if name not in code_lists:
        return [f"the code list '{name}' does not exist"]
    if rule.code_system and rule.code_system not in code_lists[name].crosswalks:
        return [f"code list '{name}' has no crosswalk for system '{rule.code_system}'"]
    return []


def _date_problems(rule: Rule, element: ElementSpec) -> list[str]:
    if not rule.date_format and not rule.date_zone:
        return []
    if element.type not in ("date", "datetime"):
        return [f"a date format is declared, but element '{element.key}' is of type {element.type}"]
    found = [f"the zone '{rule.date_zone}' is not in the time zone database"] if _unknown(rule.date_zone) else []
    problem = format_problem(rule.date_format, element.type == "datetime") if rule.date_format else None
    return [*found, problem] if problem else found


def _unknown(zone: str) -> bool:
    return bool(zone) and zone_named(zone) is None


def _other_problems(rule: Rule, element: ElementSpec) -> list[str]:
    found = []
    if (rule.round_mode or rule.digits is not None or rule.significant is not None) and not element.is_numeric:
        found.append(f"a rounding is declared, but element '{element.key}' is of type {element.type}")
    if rule.shape:
        found.append("'as' belongs to a mapping on the way out; the element gives the type here")
    if rule.each:
        found.append("'each' belongs to a mapping on the way out; a repeated field takes a list by itself")
    return found
