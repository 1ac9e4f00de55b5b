"""What each rule of a mapping reads and writes, by path: the finest parts of the dependency graph. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dictionary.mapping.named import Pattern, patterns_of
from dictionary.mapping.paths import ABSENT, compile_path
from dictionary.mapping.rules import Rule, read_rules
from dictionary.mapping.surroundings import Surroundings
from dictionary.specs.element import ElementSpec
from dictionary.specs.entity import EntitySpec


@dataclass(frozen=True, slots=True)
class RulePart:
    """``number`` counts from 1. ``reads`` are paths of the source, ``writes`` those of the output."""

    number: int
    target: str
    reads: tuple[Pattern, ...]
    writes: tuple[Pattern, ...]
    texts: tuple[str, ...]  # the paths as the rule has them

    @property
    def name(self) -> str:
        return f"rule {self.number} ({self.target})"

    @property
    def first_names(self) -> tuple[str, ...]:
        """On the way out: the entity's fields that the rule reads."""
        return tuple(dict.fromkeys(path[0] for path in self.reads if path))

    def is_tried_by(self, sample: Any) -> bool:
        """Whether a sample holds anything that the rule reads."""
        return any(_holds(sample, text) for text in self.texts)


def rule_parts(
    content: Mapping[str, Any], entity: EntitySpec | None, elements: Mapping[str, ElementSpec]
) -> tuple[RulePart, ...]:
    """The rules of a validated mapping's content, in their order."""
    around = Surroundings(entity, elements, {}, {}, content["direction"] == "to_canonical")
    return tuple(_part(rule, around) for rule in read_rules(content["rules"]))


def _part(rule: Rule, around: Surroundings) -> RulePart:
    reads = tuple(dict.fromkeys(patterns_of(rule, around)))
    return RulePart(rule.index + 1, rule.target, reads, tuple(_writes(rule)), rule.paths)


def _writes(rule: Rule) -> Iterator[Pattern]:
    target = tuple(rule.target.split("."))
    if not rule.rules:
        yield target
    for inner in rule.rules:
        for path in _writes(inner):
            yield (*target, "[*]", *path)


def _holds(sample: Any, text: str) -> bool:
    try:
        return compile_path(text).read(sample) not in (None, [])
    except ABSENT:
        return False
