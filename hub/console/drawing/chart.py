"""Geometry of a line chart over hours; strokes stand in the template, colours in charts.css."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

WIDTH, HEIGHT = 400, 176
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 14, 24
EVERY_HOURS = 4
HALF_A_TEXT = 15  # the last hour is named within the picture
IN_SIGHT = 3  # a threshold up to so many times the highest value sets the scale; a higher one is named at the top

Point = tuple[float, float]


class Named(NamedTuple):
    """A series: its name, its colour class and a value an hour, None where nothing was measured."""

    name: str
    colour: str
    values: Sequence[int | None]


class Column(NamedTuple):
    """One hour, and where the number of each series leads."""

    hour: datetime
    urls: tuple[str, ...]


class Threshold(NamedTuple):
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series as drawn: ``path`` has gaps where nothing was measured, ``dots`` are values without neighbours."""

    name: str
    colour: str
    path: str
    area: str
    dots: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and what it says."""

    at: float
    text: str

    @property
    def text_y(self) -> float:
        """The baseline of the text of a mark on the left."""
        return round(self.at + 4, 1)

    @property
    def above(self) -> float:
        """The baseline of a text that stands on the line."""
        return round(self.at - 4, 1)


@dataclass(frozen=True, slots=True)
class Spot:
    """The strip of one hour: what it says, and where it leads."""

    x: float
    width: float
    url: str
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that a template needs to draw one chart and the table below it."""

    key: str
    title: str
    summary: str
    lines: tuple[Line, ...]
    rows: tuple[tuple[datetime, tuple[tuple[str, str], ...]], ...]  # hour → (number, where it leads) of each series
    spots: tuple[Spot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    threshold: Tick | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    foot: int = HEIGHT - BOTTOM

    @property
    def is_flat(self) -> bool:
        """Nothing to see: every value is zero or missing."""
        return not any(number not in ("0", "—") for _, cells in self.rows for number, _ in cells)

    @property
    def strip_height(self) -> int:
        return self.foot - self.top


def chart(
    key: str,
    title: str,
    summary: str,
    columns: Sequence[Column],
    named: Sequence[Named],
    threshold: Threshold | None = None,
    *,
    has_area: bool = True,
    ends_open: bool = False,
) -> Chart:
    """``named`` share one scale; the first may lie on an area.

    ``ends_open``: the last hour is not over, so its count is a dot beside the line and not the end of it.
    """
    highest = max((value or 0 for one in named for value in one.values), default=0)
    limit = threshold.value if threshold else 0
    is_in_sight = bool(limit) and limit <= max(highest, 1) * IN_SIGHT
    top = _round_up(max(highest, limit) if is_in_sight else highest)
    size = len(columns)
    return Chart(
        key=key,
        title=title,
        summary=summary,
        lines=tuple(_line(one, top, has_area=has_area and not i, ends_open=ends_open) for i, one in enumerate(named)),
        rows=tuple((column.hour, _cells(column, i, named)) for i, column in enumerate(columns)),
        spots=tuple(_spot(column, i, size, named) for i, column in enumerate(columns)),
        across=tuple(
            Tick(min(_x(i, size), WIDTH - HALF_A_TEXT), f"{column.hour:%H:%M}")
            for i, column in enumerate(columns)
            if column.hour.hour % EVERY_HOURS == 0
        ),
        up=tuple(Tick(_y(top * part / 4, top), _short(top * part // 4)) for part in (0, 2, 4)),
        threshold=_threshold(threshold, top, is_in_sight=is_in_sight),
    )


def _threshold(threshold: Threshold | None, top: int, *, is_in_sight: bool) -> Tick | None:
    if threshold is None:
        return None
    if is_in_sight:
        return Tick(_y(threshold.value, top), threshold.text)
    return Tick(TOP, f"{threshold.text}, above this scale")


def _cells(column: Column, i: int, named: Sequence[Named]) -> tuple[tuple[str, str], ...]:
    return tuple((_number(one.values[i]), url) for one, url in zip(named, column.urls, strict=True))


def _spot(column: Column, i: int, size: int, named: Sequence[Named]) -> Spot:
    step = (WIDTH - LEFT - RIGHT) / max(1, size - 1)
    said = ", ".join(f"{_number(one.values[i])} {one.name}" for one in named)
    return Spot(round(_x(i, size) - step / 2, 1), round(step, 1), column.urls[0], f"{column.hour:%H:%M} UTC: {said}")


def _number(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _line(one: Named, top: int, *, has_area: bool, ends_open: bool) -> Line:
    foot, runs = HEIGHT - BOTTOM, _runs(one.values, top, ends_open=ends_open)
    long = [run for run in runs if len(run) > 1]
    area = "".join(f"{_path(run)}L{run[-1][0]:.1f} {foot}L{run[0][0]:.1f} {foot}Z" for run in long)
    dots = tuple((round(run[0][0], 1), round(run[0][1], 1)) for run in runs if len(run) == 1)
    return Line(one.name, one.colour, "".join(_path(run) for run in long), area if has_area else "", dots)


def _runs(values: Sequence[int | None], top: int, *, ends_open: bool) -> list[list[Point]]:
    """The values without a gap between them, as points."""
    runs: list[list[Point]] = [[]]
    for i, value in enumerate(values):
        if ends_open and i == len(values) - 1:
            runs.append([])
        if value is None:
            runs.append([])
        else:
            runs[-1].append((_x(i, len(values)), _y(value, top)))
    return [run for run in runs if run]


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _x(index: int, size: int) -> float:
    return LEFT + index * (WIDTH - LEFT - RIGHT) / max(1, size - 1)


def _y(value: float, top: int) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


def _round_up(highest: int) -> int:
    """The next of 4, 8, 20, 40, 80, 200 …: divides well into quarters."""
    top, factors = 4, (2.0, 2.5, 2.0)
    step = 0
    while top < highest:
        top = round(top * factors[step % 3])
        step += 1
    return top


def _short(number: int) -> str:
    """At most four characters, as narrow as the axis: 950, 20k, 16M."""
    for size, unit in ((1_000_000, "M"), (1000, "k")):
        if number >= size:
            return f"{number / size:g}{unit}"
    return str(number)
