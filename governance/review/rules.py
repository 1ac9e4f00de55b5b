"""The rules: each finds in a period what a reviewer should look at. Higher floors add their own with ``rule``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from governance.review.finding import Finding

Find = Callable[[datetime, datetime], Iterator[Finding]]  # findings of since ≤ time < until


@dataclass(frozen=True, slots=True)
class Rule:
    """``label`` is for a list, ``says`` the sentence that explains it; ``find`` gives what it finds in a period."""

    name: str
    label: str
    says: str
    find: Find


_rules: dict[str, Rule] = {}


def rule(name: str, label: str, says: str) -> Callable[[Find], Find]:
    """Register a function as the rule of this name."""

    def registered(find: Find) -> Find:
        _rules[name] = Rule(name, label, says, find)
        return find

    return registered


def each() -> list[Rule]:
    return list(_rules.values())


def label_of(name: str) -> str:
    return _rules[name].label if name in _rules else name.replace("_", " ").capitalize()
