"""From checked rules to steps."""

from __future__ import annotations

import sys
from typing import Any

from dictionary.mapping import inward, outward
from dictionary.mapping.conditions import compile_condition
from dictionary.mapping.items import nested_step
from dictionary.mapping.paths import compile_path
from dictionary.mapping.rules import Rule
from dictionary.mapping.sources import reader
from dictionary.mapping.steps import (
    Field,
    Step,
    as_alternative,
    bundle,
    on_condition,
    placed,
    single,
    with_default,
)
from dictionary.mapping.surroundings import Surroundings
from dictionary.specs.element import ElementSpec
from dictionary.values.coercion import coercer
from dictionary.values.noted import unwrap
from dictionary.values.quantities import measurer

# A rule on its way: a plain field can still be bundled with its neighbours, a step cannot.
Made = Field | Step


def build_steps(rules: tuple[Rule, ...], around: Surroundings, is_top: bool = True) -> tuple[Step, ...]:
    """The steps of a mapping, or of the items of `each`; neighbours on top-level fields become one step."""
    made: list[Made] = []
    targets: set[str] = set()
    for rule in rules:
        made.append(_made(rule, around, rule.target in targets))
        targets.add(rule.target)
    return _bundled(made) if is_top else tuple(_as_step(one) for one in made)


def _bundled(made: list[Made]) -> tuple[Step, ...]:
    steps: list[Step] = []
    waiting: list[Field] = []
    for one in made:
        if isinstance(one, Field) and one.name is not None:
            waiting.append(one)
            continue
        steps += [bundle(tuple(waiting))] if waiting else []
        steps.append(_as_step(one))
        waiting = []
    return (*steps, bundle(tuple(waiting))) if waiting else tuple(steps)


def _as_step(made: Made) -> Step:
    return single(made) if isinstance(made, Field) else made


def _made(rule: Rule, around: Surroundings, is_alternative: bool) -> Made:
    """The rule with everything that surrounds it, from the inside out: default, place, condition,
    alternative."""
    parts = target_parts(rule, around)
    made = _nested(rule, around) if rule.each else _field(rule, around)
    if rule.default is not None:
        made = with_default(_as_step(made), rule, default_of(rule, around))
    if len(parts) > 1:
        made = placed(_as_step(made), rule, parts)
    if rule.when:
        made = on_condition(_as_step(made), compile_condition(rule.when, rule.target), rule)
    return as_alternative(_as_step(made), rule.target, parts) if is_alternative else made


def _nested(rule: Rule, around: Surroundings) -> Made:
    steps = build_steps(rule.rules, around_items(around), is_top=False)
    return nested_step(rule, steps)


def _field(rule: Rule, around: Surroundings) -> Field:
    many = is_many(rule, around)
    read = reader(rule, many)
    element = around.element_of(rule.target) if around.is_inward else outward.source_element(rule, around)
    if not around.is_inward:
        convert = outward.conversion(rule, element, around, many)
        return Field(rule.target, rule.index, rule.paths, read, convert, None, -1)
    assert element is not None  # checked before
    if rule.unit and rule.unit.source_path:
        read = inward.with_unit_beside(read, rule.unit.source_path)
    convert = inward.conversion(rule, element, around, many)
    name = None if many else _top_level_name(rule)
    return Field(rule.target, rule.index, rule.paths, read, convert, name, _as_it_is(rule, element))


def _top_level_name(rule: Rule) -> str | None:
    """The name, where the rule reads nothing but one top-level field."""
    if len(rule.paths) != 1 or rule.constant is not None or rule.concat:
        return None
    parts = compile_path(rule.path).parts
    return parts[0] if parts and len(parts) == 1 and isinstance(parts[0], str) else None


def _as_it_is(rule: Rule, element: ElementSpec) -> int:
    """How long a text may be to be taken without any conversion; -1 where a conversion is due."""
    is_plain = element.type in ("text", "reference") and not (element.pattern or rule.lookup or rule.code_system)
    return (element.max_length or sys.maxsize) if is_plain and not rule.decimal_mark and not rule.group_mark else -1


def around_items(around: Surroundings) -> Surroundings:
    """Inside `each` the document is the item, which is no entity."""
    return Surroundings(None, around.elements, around.code_lists, around.lookups, around.is_inward)


def is_many(rule: Rule, around: Surroundings) -> bool:
    if rule.constant is not None or rule.concat:
        return False
    field = around.entity.field(rule.target) if around.entity and around.is_inward else None
    return rule.many or bool(field and field.repeated)


def default_of(rule: Rule, around: Surroundings) -> Any:
    """The default in canonical form; raises ValueRefused where it is not a value of the element."""
    element = around.element_of(rule.target) if around.is_inward else None
    if element is None:
        return rule.default
    if element.type == "quantity":
        unit = None if isinstance(rule.default, dict) else element.unit or "1"
        return unwrap(measurer(element, rule.target)(rule.default, unit))[0]
    convert = coercer(element, rule.target, around.code_lists.get(element.code_list))
    if is_many(rule, around):
        return [unwrap(convert(one))[0] for one in _as_list(rule.default)]
    return unwrap(convert(rule.default))[0]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def target_parts(rule: Rule, around: Surroundings) -> tuple[str, ...]:
    """Where the value goes: a field of the entity, or a dotted path of the outgoing document."""
    return (rule.target,) if around.is_inward else tuple(rule.target.split("."))
