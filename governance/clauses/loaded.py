"""Reads the clause map, and refuses one that is not whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Capability:
    """A requirement of the product. ``risk`` is what its failure could mean: low, medium or high."""

    id: str
    title: str
    risk: str


@dataclass(frozen=True, slots=True)
class Clause:
    """``answers`` are capabilities and ``how`` says by what; ``excluded`` says why none answers. One of the two."""

    number: str
    asks: str
    answers: tuple[str, ...] = ()
    how: str = ""
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Regulation:
    """``version`` is of the map, ``edition`` of what it maps."""

    name: str
    regulation: str
    edition: str
    version: str
    clauses: tuple[Clause, ...]


@cache
def regulations() -> tuple[Regulation, ...]:
    """21 CFR Part 11 and EU GMP Annex 11."""
    return tuple(read(_yaml(f"{name}.yaml")) for name in ("part11", "annex11"))


@cache
def capabilities() -> dict[str, Capability]:
    return {one["id"]: Capability(**one) for one in _yaml("capabilities.yaml")}


def read(given: Mapping[str, Any]) -> Regulation:
    """Raises ValueError for a clause that stands twice, or is neither answered nor excluded with a reason."""
    rows = [{**one, "answers": tuple(one.get("answers", ()))} for one in given["clauses"]]
    clauses = tuple(Clause(**one) for one in rows)
    numbers = [one.number for one in clauses]
    for one in clauses:
        if numbers.count(one.number) > 1:
            raise ValueError(f"{given['regulation']} {one.number} stands twice.")
        if bool(one.answers and one.how) == bool(one.excluded):
            raise ValueError(f"{given['regulation']} {one.number} needs an answer with its way, or a reason why none.")
    told = {name: given[name] for name in ("name", "regulation", "edition", "version")}
    return Regulation(**told, clauses=clauses)


def _yaml(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
