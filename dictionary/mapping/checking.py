"""What makes a mapping impossible, found when it is written and not when a record arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dictionary.mapping import inward, outward
from dictionary.mapping.building import around_items, default_of, is_many
from dictionary.mapping.conditions import BadCondition, compile_condition
from dictionary.mapping.paths import BadPath, compile_path
from dictionary.mapping.rules import SOURCES, Rule, read_rules
from dictionary.mapping.sources import bad_paths
from dictionary.mapping.surroundings import Surroundings
from dictionary.specs.mapping import MappingSpec
from dictionary.values.errors import ValueRefused


def check(spec: MappingSpec, rules: tuple[Rule, ...], around: Surroundings) -> list[str]:
    """Every reason for which the mapping cannot be compiled; an empty list where there is none."""
    sentences = [*_entity(spec, around), *_ignored(spec)]
    for rule, content in zip(rules, spec.rules, strict=True):
        sentences += _rule(rule, content, around)
    return [*sentences, *_targets(rules, around)]


def standing_alone(content: Mapping[str, Any]) -> list[str]:
    """What can be said of a mapping's content without the dictionary that it will run with."""
    spec = MappingSpec.from_content(content)
    sentences = [*_ignored(spec)]
    for rule, one in zip(read_rules(spec.rules), spec.rules, strict=True):
        sentences += _alone(rule, one)
    return sentences


def _alone(rule: Rule, content: object) -> list[str]:
    return [*_one_source(rule, content), *bad_paths(rule), *_condition(rule), *_rounding(rule)]


def _entity(spec: MappingSpec, around: Surroundings) -> Iterator[str]:
    if around.is_inward and around.entity is None:
        yield f"The mapping '{spec.key}' maps to entity '{spec.entity}', which is not in the dictionary."
    if around.entity and around.entity.key != spec.entity:
        yield (f"The mapping '{spec.key}' names entity '{spec.entity}', but is compiled against '{around.entity.key}'.")


def _ignored(spec: MappingSpec) -> Iterator[str]:
    for text in spec.ignored_paths:
        try:
            compile_path(text)
        except BadPath as error:
            yield f"Among the ignored paths, {error}."


def _rule(rule: Rule, content: object, around: Surroundings) -> list[str]:
    """The checks of one rule, the later ones only where the earlier ones hold."""
    first = [*_alone(rule, content), *_lookup(rule, around)]
    if first:
        return first
    if around.is_inward:
        return _inward(rule, around)
    return [*outward.problems(rule, around, around.code_lists), *_items(rule, content, around)]


def _one_source(rule: Rule, content: object) -> Iterator[str]:
    given = [name for name in SOURCES if isinstance(content, dict) and content.get(name) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        yield f"In {rule.name}, exactly one of {', '.join(SOURCES)} must be declared; found {found}."


def _condition(rule: Rule) -> Iterator[str]:
    try:
        if rule.when:
            compile_condition(rule.when, rule.target)
    except BadCondition as error:
        yield f"In {rule.name}, {error}."


def _lookup(rule: Rule, around: Surroundings) -> Iterator[str]:
    if rule.lookup and rule.lookup not in around.lookups:
        yield f"In {rule.name}, the lookup table '{rule.lookup}' does not exist."


def _rounding(rule: Rule) -> Iterator[str]:
    if rule.digits is not None and rule.significant is not None:
        yield f"In {rule.name}, digits and significant digits are both declared; only one can hold."


def _inward(rule: Rule, around: Surroundings) -> list[str]:
    field = around.entity.field(rule.target) if around.entity else None
    if around.entity is None:
        return []  # said once, for the whole mapping
    if field is None:
        return [
            (
                f"In {rule.name}, the target is not a field of entity "
                f"'{around.entity.key}': only elements of the dictionary can be targets."
            )
        ]
    element = around.element_of(rule.target)
    if element is None:
        return [f"In {rule.name}, the element '{field.element}' is not in the dictionary."]
    found = inward.problems(rule, element, around.code_lists)
    if rule.many and not field.repeated:
        found.append(f"In {rule.name}, 'many' is declared, but the field holds a single value.")
    return found or _own_values(rule, around)


def _own_values(rule: Rule, around: Surroundings) -> list[str]:
    """A rule's own constant and default must be values of the element."""
    element = around.element_of(rule.target)
    try:
        if rule.constant is not None and element is not None:
            inward.conversion(rule, element, around, is_many(rule, around))(rule.constant)
        if rule.default is not None:
            default_of(rule, around)
    except ValueRefused as refused:
        return [f"In {rule.name}, the rule's own value is refused: {refused.sentence}"]
    return []


def _items(rule: Rule, content: object, around: Surroundings) -> list[str]:
    """The rules inside `each`."""
    inner = content["each"]["rules"] if rule.each and isinstance(content, dict) else ()
    found: list[str] = []
    for one, one_content in zip(rule.rules, inner, strict=False):
        found += _rule(one, one_content, around_items(around))
    return found


def _targets(rules: tuple[Rule, ...], around: Surroundings) -> Iterator[str]:
    targets = {rule.target for rule in rules}
    if not around.is_inward:
        yield from _overlaps(targets)
        return
    for field in around.entity.fields if around.entity else ():
        if field.required and field.name not in targets:
            yield (
                f"The field {field.name} of entity "
                f"'{around.entity.key if around.entity else ''}' is required, and no rule fills it."
            )


def _overlaps(targets: set[str]) -> Iterator[str]:
    for target in sorted(targets):
        for other in sorted(targets):
            if other.startswith(f"{target}."):
                yield f"The target '{target}' is a value in one rule and an object in another ('{other}')."
