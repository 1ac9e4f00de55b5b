"""Which system stands in which row and column: lanes by ISA-95 level, neighbours near each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from governance.models import System
from hub.selectors.watching.landscape import Flow

LANES = (
    ("Enterprise", "ISA-95 level 4", (4,)),
    ("Operations", "ISA-95 level 3", (3,)),
    ("Devices", "ISA-95 levels 0 to 2", (0, 1, 2)),
)
SWEEPS = 6  # each pulls every row towards its neighbours; more change nothing

Cell = tuple[int, int]  # row, column


@dataclass(frozen=True, slots=True)
class Lane:
    """Its name, its levels in words, and its first and last row."""

    label: str
    level: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Grid:
    lanes: tuple[Lane, ...]
    cells: dict[str, Cell]  # system key → where it stands
    rows: int


def arrange(systems: Sequence[System], flows: Sequence[Flow], columns: int) -> Grid:
    """Rows from the top; a lane has as many as it needs."""
    near, depth = _neighbours(flows), {one.key: _lane_of(one) for one in systems}
    lanes: list[Lane] = []
    rows: list[list[str]] = []
    for number, (label, level, _) in enumerate(LANES):
        held = [one.key for one in systems if depth[one.key] == number]
        if not held:
            continue
        lanes.append(Lane(label, level, len(rows), len(rows) + -(-len(held) // columns) - 1))
        rows += _split(sorted(held, key=lambda key: _pull(key, near, depth)), columns)
    cells = {key: (row, column) for row, keys in enumerate(rows) for column, key in enumerate(keys)}
    for _ in range(SWEEPS):
        for row, keys in enumerate(rows):
            cells |= _settled(row, keys, near, cells, columns)
    return Grid(tuple(lanes), cells, len(rows))


def longest_lane(systems: Sequence[System]) -> int:
    """How many systems the fullest lane holds."""
    return max(Counter(_lane_of(one) for one in systems).values(), default=0)


def _lane_of(system: System) -> int:
    return next(number for number, (_, _, levels) in enumerate(LANES) if system.level in levels)


def _neighbours(flows: Sequence[Flow]) -> dict[str, list[str]]:
    near: dict[str, list[str]] = defaultdict(list)
    for flow in flows:
        near[flow.source].append(flow.target)
        near[flow.target].append(flow.source)
    return near


def _pull(key: str, near: dict[str, list[str]], depth: dict[str, int]) -> int:
    """Which way its neighbours lie: those that speak with lower lanes stand in the lower rows."""
    return sum((depth[other] > depth[key]) - (depth[other] < depth[key]) for other in near[key] if other in depth)


def _split(keys: list[str], columns: int) -> list[list[str]]:
    """Rows of nearly the same length."""
    count = -(-len(keys) // columns)
    size = -(-len(keys) // count)
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _settled(
    row: int, keys: list[str], near: dict[str, list[str]], cells: dict[str, Cell], columns: int
) -> dict[str, Cell]:
    """The columns of one row, each as near as it goes to the middle of its neighbours."""
    wanted = {key: _middle(key, near, cells) for key in keys}
    ordered = sorted(keys, key=lambda key: (wanted[key], key))
    best = min(
        combinations(range(columns), len(keys)),
        key=lambda chosen: sum(abs(at - wanted[key]) for at, key in zip(chosen, ordered, strict=True)),
    )
    return {key: (row, at) for at, key in zip(best, ordered, strict=True)}


def _middle(key: str, near: dict[str, list[str]], cells: dict[str, Cell]) -> float:
    held = [cells[other][1] for other in near[key] if other in cells and other != key]
    return sum(held) / len(held) if held else float(cells[key][1])
