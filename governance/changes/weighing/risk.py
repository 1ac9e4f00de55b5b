"""Risk of a change: its kind, times the highest criticality reached, times how hard an error is to notice. Pure.

| kind | weight | criticality | weight | detectability | weight |
| --- | --- | --- | --- | --- | --- |
| editorial | 1 | low | 1 | high: an error stops the work at once | 1 |
| compatible | 2 | medium | 2 | medium: tests or people would notice | 2 |
| breaking | 3 | high | 3 | low: a wrong value looks like a right one | 3 |
| semantic | 4 | critical | 4 | | |

A product of at most 8 is low, at most 18 medium, above that high. An editorial change is low whatever it reaches:
words alter no value. The path follows: low is short, medium standard, high full.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

KINDS = {"editorial": 1, "compatible": 2, "breaking": 3, "semantic": 4}
CRITICALITIES = {"low": 1, "medium": 2, "high": 3, "critical": 4}
DETECTABILITIES = {"high": 1, "medium": 2, "low": 3}
LOW_UNTIL, MEDIUM_UNTIL = 8, 18
RISKS = ("low", "medium", "high")
PATH_OF = {"low": "short", "medium": "standard", "high": "full"}


@dataclass(frozen=True, slots=True)
class Risk:
    """``level`` is "low", "medium" or "high"; ``score`` the product of the three weights, 1 to 48."""

    level: str
    score: int
    change_kind: str
    criticality: str
    detectability: str

    @property
    def path(self) -> str:
        return PATH_OF[self.level]

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)


def risk_of(*, change_kinds: Iterable[str], criticalities: Iterable[str], detectabilities: Iterable[str]) -> Risk:
    """The risk of a change as a whole: the worst of each. What nobody rated counts as medium."""
    kind = worst(change_kinds, KINDS, "editorial")
    criticality = worst(criticalities, CRITICALITIES, "medium")
    detectability = worst(detectabilities, DETECTABILITIES, "medium")
    score = KINDS[kind] * CRITICALITIES[criticality] * DETECTABILITIES[detectability]
    return Risk(_level(kind, score), score, kind, criticality, detectability)


def worst(names: Iterable[str], weights: dict[str, int], unrated: str) -> str:
    """The name of the highest weight; ``unrated`` where there is none, and in the place of what is not known."""
    return max((name if name in weights else unrated for name in names), key=weights.__getitem__, default=unrated)


def _level(kind: str, score: int) -> str:
    if kind == "editorial" or score <= LOW_UNTIL:
        return "low"
    return "medium" if score <= MEDIUM_UNTIL else "high"
