"""Where lines run: out of a box, along the channel between rows, where needed along one between columns, into a box."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.console.drawing.places import Cell, Grid
from hub.console.drawing.shape import MARGIN, PAD, TRACK, Shape
from hub.selectors.watching.landscape import Flow

APART = 8.0  # between two lines that share a track


@dataclass
class Line:
    """One flow on the grid. A row's channel is the one above it; the last one is below all rows."""

    flow: Flow
    start: Cell
    end: Cell
    leaves: int  # the channel that it leaves into
    enters: int  # the channel that it comes from
    column: int | None  # the channel between columns, left of that column; None where one channel is enough
    out_x: float = 0.0
    in_x: float = 0.0
    column_x: float = 0.0
    out_track: int = 0
    in_track: int = 0


@dataclass
class Channels:
    """How many tracks each channel between rows holds."""

    tracks: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def height(self, row: int) -> int:
        """The room that its lines need; 0 where none runs."""
        held = self.tracks[row]
        return 2 * PAD + (held - 1) * TRACK if held else 0


def lay(flows: Sequence[Flow], grid: Grid, shape: Shape) -> tuple[list[Line], Channels]:
    """Every line with its places along boxes and channels."""
    load: dict[int, int] = defaultdict(int)
    lines = [_line(flow, grid, shape, load) for flow in flows]
    _spread_over_boxes(lines, shape)
    _spread_over_columns(lines, shape)
    return lines, _into_tracks(lines)


def _line(flow: Flow, grid: Grid, shape: Shape, load: dict[int, int]) -> Line:
    start, end = grid.cells[flow.source], grid.cells[flow.target]
    leaves, enters = _channels(start[0], end[0], load)
    load[leaves] += 1
    column = None if leaves == enters else _column(start[1], end[1], shape.columns)
    return Line(flow, start, end, leaves, enters, column)


def _channels(first: int, last: int, load: dict[int, int]) -> tuple[int, int]:
    if first == last:
        channel = min((first + 1, first), key=lambda one: load[one])
        return channel, channel
    return (first + 1, last) if last > first else (first, last + 1)


def _column(first: int, last: int, columns: int) -> int:
    """The channel between columns with the shortest way, an inner one where it can be."""
    between = range(1, columns) if columns > 1 else range(2)
    return min(between, key=lambda one: abs(one - 0.5 - first) + abs(one - 0.5 - last))


def _spread_over_boxes(lines: list[Line], shape: Shape) -> None:
    """Each end has a place of its own along its side of the box, in the order in which the lines turn away."""
    ends: dict[tuple[Cell, bool], list[tuple[float, int, bool]]] = defaultdict(list)
    for number, line in enumerate(lines):
        there = line.column - 0.5 if line.column is not None else None
        ends[(line.start, line.leaves > line.start[0])].append((there or line.end[1], number, True))
        ends[(line.end, line.enters > line.end[0])].append((there or line.start[1], number, False))
    for (cell, _), held in ends.items():
        for place, (_, number, is_out) in enumerate(sorted(held), start=1):
            x = shape.left_of(cell[1]) + shape.node * place / (len(held) + 1)
            setattr(lines[number], "out_x" if is_out else "in_x", round(x, 1))
    _keep_apart(lines)


def _keep_apart(lines: list[Line]) -> None:
    """Ends that face each other across one channel do not stand on one line, unless they are of one line."""
    ends: dict[int, list[tuple[float, int, str]]] = defaultdict(list)
    for number, line in enumerate(lines):
        ends[line.leaves].append((line.out_x, number, "out_x"))
        ends[line.enters].append((line.in_x, number, "in_x"))
    for held in ends.values():
        last_x, last_number = -APART, -1
        for x, number, name in sorted(held):
            if number != last_number and x - last_x < APART:
                x = last_x + APART
                setattr(lines[number], name, x)
            last_x, last_number = x, number


def _spread_over_columns(lines: list[Line], shape: Shape) -> None:
    """Lines beside each other in the channels between columns, closer where there are many."""
    held: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if line.column is not None:
            held[line.column].append(line)
    for column, inside in held.items():
        middle = MARGIN + shape.label + shape.slot * column
        step = min(TRACK, (shape.gutter - 10) / len(inside))
        for place, line in enumerate(sorted(inside, key=lambda one: (one.end[1], one.start[1]))):
            line.column_x = round(middle + (place - (len(inside) - 1) / 2) * step, 1)


class Stretch(NamedTuple):
    """The part of a line that lies in one channel; ``name`` is the field that takes its track."""

    channel: int
    length: float
    low: float
    high: float
    line: Line
    name: str


def _into_tracks(lines: list[Line]) -> Channels:
    """The first track of a channel in which a line touches no other, short ones first."""
    channels = Channels()
    taken: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    wanted = [stretch for line in lines for stretch in _stretches(line)]
    for channel, _, low, high, line, name in sorted(wanted, key=lambda one: one[:3]):
        track = 0
        while any(low < right + APART and left < high + APART for left, right in taken[channel, track]):
            track += 1
        taken[channel, track].append((low, high))
        setattr(line, name, track)
        channels.tracks[channel] = max(channels.tracks[channel], track + 1)
    return channels


def _stretches(line: Line) -> list[Stretch]:
    if line.column is None:
        return [_stretch(line.leaves, line.out_x, line.in_x, line, "out_track")]
    return [
        _stretch(line.leaves, line.out_x, line.column_x, line, "out_track"),
        _stretch(line.enters, line.column_x, line.in_x, line, "in_track"),
    ]


def _stretch(channel: int, one: float, other: float, line: Line, name: str) -> Stretch:
    return Stretch(channel, abs(other - one), min(one, other), max(one, other), line, name)
