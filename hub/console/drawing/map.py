"""The landscape as a drawing: boxes, lanes and lines with their coordinates, for the template to stroke."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from governance.models import System
from hub.console.drawing.lines import Channels, Line, lay
from hub.console.drawing.places import Grid, Lane, arrange, longest_lane
from hub.console.drawing.shape import KIND_LINE, LANE_GAP, LANE_PAD, MARGIN, PAD, TITLE_LINE, TRACK, Shape
from hub.console.words import CATEGORY_ICONS
from hub.selectors.watching.landscape import Flow, Landscape

TONES = ("ok", "warn", "bad", "mute")
WORDS = {"ok": "healthy", "warn": "degraded", "bad": "failing", "mute": "paused or quiet"}
ROUND = 8.0  # radius of a corner
HEAD = 7  # length of an arrow's head


@dataclass(frozen=True, slots=True)
class DrawnLane:
    label: str
    level: str
    y: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Node:
    """A system with its place; ``tone`` is the worst of its interfaces, "excluded" where it is out of scope."""

    system: System
    x: float
    y: float
    tone: str
    icon: str
    count: int
    title: tuple[tuple[float, str], ...]  # (baseline, words): nothing is cut, long names take more lines
    kind_y: float

    @property
    def word(self) -> str:
        return WORDS.get(self.tone, "")


@dataclass(frozen=True, slots=True)
class Edge:
    """An interface between two places."""

    flow: Flow
    path: str
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    shape: Shape
    lanes: tuple[DrawnLane, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    height: float
    node_height: int
    tones: tuple[str, ...] = TONES

    @property
    def lane_width(self) -> int:
        return self.shape.width - 2 * MARGIN

    @property
    def tile_y(self) -> float:
        return self.node_height / 2 - 17


@dataclass(frozen=True, slots=True)
class Ground:
    """The grid with its measures: how high a box is, and where each row begins."""

    grid: Grid
    channels: Channels
    shape: Shape
    box: int
    tops: tuple[float, ...]

    def starts_lane(self, row: int) -> bool:
        return any(lane.first == row for lane in self.grid.lanes)

    def side(self, row: int, *, below: bool) -> float:
        return self.tops[row] + (self.box if below else 0)

    def lowest(self, row: int) -> float:
        """Where the first track above a row lies: in the middle of the room, clear of a lane's name."""
        height = self.channels.height(row)
        if row == 0:
            return self.tops[0] - height + PAD
        above = self.side(row - 1, below=True)
        strip = self.shape.strip if self.starts_lane(row) else 0
        room = self.tops[row] - strip - above if row < len(self.tops) else height
        return above + (room - height) / 2 + PAD

    @property
    def height(self) -> float:
        last = self.tops[-1] if self.tops else 0
        return last + self.box + max(LANE_PAD, self.channels.height(self.grid.rows)) + MARGIN


def draw(found: Landscape, shape: Shape) -> Drawing:
    """Set the boxes on the grid, lay the lines, then give everything its coordinates."""
    shape = shape.for_rows_of(longest_lane(found.systems))
    grid = arrange(found.systems, found.flows, shape.columns)
    lines, channels = lay(found.flows, grid, shape)
    titles = {one.key: textwrap.wrap(one.label, shape.letters) for one in found.systems}
    tallest = max((len(title) for title in titles.values()), default=1)
    box = max(58, TITLE_LINE * tallest + KIND_LINE + 24)
    ground = Ground(grid, channels, shape, box, _tops(grid, channels, shape, box))
    return Drawing(
        shape=shape,
        lanes=tuple(_lane(one, ground) for one in grid.lanes),
        nodes=tuple(_node(one, titles[one.key], found, ground) for one in found.systems),
        edges=tuple(Edge(one.flow, _path(one, ground), _stroke(one.flow.delivered)) for one in lines),
        height=ground.height,
        node_height=box,
    )


def _tops(grid: Grid, channels: Channels, shape: Shape, box: int) -> tuple[float, ...]:
    """The upper edge of each row; between lanes there is room for the gap and the name."""
    starts = {lane.first for lane in grid.lanes}
    tops: list[float] = []
    y = float(MARGIN)
    for row in range(grid.rows):
        least = PAD + (LANE_PAD + LANE_GAP if row in starts and row else 0)
        y += max(channels.height(row), least) + (shape.strip if row in starts else 0)
        tops.append(y)
        y += box
    return tuple(tops)


def _lane(lane: Lane, ground: Ground) -> DrawnLane:
    shape, channels = ground.shape, ground.channels
    head = max(LANE_PAD, channels.height(0)) + shape.strip if lane.first == 0 else shape.lane_head
    is_last = lane.last == ground.grid.rows - 1
    foot = max(LANE_PAD, channels.height(ground.grid.rows)) if is_last else LANE_PAD
    y = ground.tops[lane.first] - head
    return DrawnLane(lane.label, lane.level, y, ground.side(lane.last, below=True) + foot - y)


def _node(system: System, title: list[str], found: Landscape, ground: Ground) -> Node:
    row, column = ground.grid.cells[system.key]
    first = (ground.box - TITLE_LINE * len(title) - KIND_LINE) / 2 + 12
    return Node(
        system=system,
        x=round(ground.shape.left_of(column), 1),
        y=ground.tops[row],
        tone="excluded" if system.is_excluded else found.tones.get(system.key, "mute"),
        icon=CATEGORY_ICONS.get(system.category, "server"),
        count=len({one.interface_key for one in found.flows if system.key in (one.source, one.target)}),
        title=tuple((first + TITLE_LINE * number, words) for number, words in enumerate(title)),
        kind_y=first + TITLE_LINE * len(title) + 1,
    )


def _path(line: Line, ground: Ground) -> str:
    """Out of the box, along the channels, into the box short of the arrow's head."""
    start_y = ground.side(line.start[0], below=line.leaves > line.start[0])
    from_above = line.enters == line.end[0]
    end_y = ground.side(line.end[0], below=not from_above) + (-HEAD if from_above else HEAD)
    first = ground.lowest(line.leaves) + line.out_track * TRACK
    points = [(line.out_x, start_y), (line.out_x, first)]
    if line.column is not None:
        second = ground.lowest(line.enters) + line.in_track * TRACK
        points += [(line.column_x, first), (line.column_x, second), (line.in_x, second)]
    else:
        points.append((line.in_x, first))
    return _rounded([*points, (line.in_x, end_y)])


def _rounded(points: list[tuple[float, float]]) -> str:
    """A polyline with round corners; points on one line make none."""
    (x, y), last = points[0], points[-1]
    said = [f"M{x:g} {y:g}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        said.append(_corner(before, at, after))
    return "".join([*said, f"L{last[0]:g} {last[1]:g}"])


def _corner(before: tuple[float, float], at: tuple[float, float], after: tuple[float, float]) -> str:
    radius = min(ROUND, _length(before, at) / 2, _length(at, after) / 2)
    if radius < 1:
        return f"L{at[0]:g} {at[1]:g}"
    into, out = _towards(at, before, radius), _towards(at, after, radius)
    return f"L{into[0]:g} {into[1]:g}Q{at[0]:g} {at[1]:g} {out[0]:g} {out[1]:g}"


def _length(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(one: tuple[float, float], other: tuple[float, float], step: float) -> tuple[float, float]:
    length = _length(one, other)
    return tuple(round(a + (b - a) * step / length, 1) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def _stroke(delivered: int) -> float:
    """Thicker for more, slowly: 1.6 for none, 2.2 below ten a day, 4.0 from a thousand."""
    return round(min(4.0, 1.6 + len(str(delivered)) * 0.6), 1) if delivered else 1.6
