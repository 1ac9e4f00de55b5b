"""Which source paths the rules of a mapping name: what else arrives is drift."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary.mapping.conditions import paths_in
from dictionary.mapping.outward import source_element
from dictionary.mapping.paths import compile_path
from dictionary.mapping.rules import Rule
from dictionary.mapping.surroundings import Surroundings

Pattern = tuple[str, ...]


def named_patterns(rules: tuple[Rule, ...], around: Surroundings) -> list[Pattern]:
    return [pattern for rule in rules for pattern in patterns_of(rule, around)]


def patterns_of(rule: Rule, around: Surroundings) -> Iterator[Pattern]:
    """The paths that one rule names, those of its condition among them."""
    yield from paths_in(rule.when)
    for text in rule.paths:
        pattern = compile_path(text).pattern
        yield from compile_path(text).looked_at
        if text == rule.each:
            yield from _of_items(rule, pattern, around)
        elif text == rule.path and _is_quantity_object(rule, around):
            yield from ((*pattern, "value"), (*pattern, "unit"))
        else:
            yield from (pattern, (*pattern, "[*]")) if rule.many else (pattern,)


def _of_items(rule: Rule, pattern: Pattern, around: Surroundings) -> Iterator[Pattern]:
    """The paths inside the items of `each`; a path that reads the list by [*] names the items already."""
    items = pattern if pattern[-1:] == ("[*]",) else (*pattern, "[*]")
    inner = Surroundings(None, around.elements, around.code_lists, around.lookups, around.is_inward)
    for one in named_patterns(rule.rules, inner):
        yield items + one


def _is_quantity_object(rule: Rule, around: Surroundings) -> bool:
    """Whether the rule may read {"value", "unit"}: then these two are named, and nothing else of the
    object."""
    if rule.unit and (rule.unit.source or rule.unit.source_path):
        return False
    element = around.element_of(rule.target) if around.is_inward else source_element(rule, around)
    return element is not None and element.type == "quantity" and compile_path(rule.path).pattern[-1:] != ("value",)
