"""Rules about the whole of what will be in force, such as documents that must agree with what runs.

A kind judges its own content; what a change breaks in an object that it does not touch is judged here. Higher floors
add their rules when they start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from governance.changes.operation import Operation


class Broken(NamedTuple):
    """One broken rule: the object that would be wrong, and the sentence."""

    kind: str
    key: str
    sentence: str


Rule = Callable[[Sequence[Operation]], list[Broken]]

_rules: list[Rule] = []


def add(rule: Rule) -> None:
    """Add a rule; one that is there already is not added twice."""
    if rule not in _rules:
        _rules.append(rule)


def broken(operations: Sequence[Operation]) -> list[Broken]:
    """What would be wrong once these operations are in force. Each of them is sound on its own."""
    return [one for rule in _rules for one in rule(operations)]
