"""The landscape as a drawing: systems in lanes by ISA-95 level, interfaces as lines between them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from governance.models import System
from hub.console.words import CATEGORY_ICONS
from hub.selectors.overview import Flow, Landscape

WIDTH, MARGIN = 1180, 10
NODE_WIDTH, NODE_HEIGHT = 216, 64
LANE_HEIGHT, LANE_GAP, LANE_HEAD = 110, 44, 32
IN_A_ROW = 5
LONG_TITLE, LONGEST_TITLE = 15, 19  # characters
WORDS = {"ok": "healthy", "warn": "degraded", "bad": "failing", "mute": "paused or quiet"}
LANES = (
    ("Enterprise, ISA-95 level 4", (4,)),
    ("Quality and operations, level 3", (3,)),
    ("Control and laboratory devices, levels 0 to 2", (0, 1, 2)),
)


@dataclass(frozen=True, slots=True)
class Lane:
    label: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Node:
    """A system with its place; ``tone`` is the worst of its interfaces."""

    system: System
    x: float
    y: float
    tone: str
    icon: str
    count: int

    @property
    def word(self) -> str:
        return WORDS.get(self.tone, "")

    @property
    def title(self) -> str:
        return self.system.label if len(self.system.label) <= LONGEST_TITLE else f"{self.system.label[:LONGEST_TITLE]}…"

    @property
    def is_long(self) -> bool:
        """Set in smaller letters, so that it stays in its box."""
        return len(self.system.label) > LONG_TITLE


@dataclass(frozen=True, slots=True)
class Edge:
    """An interface between two places."""

    flow: Flow
    path: str
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    height: int
    width: int = WIDTH
    lane_width: int = WIDTH - 2 * MARGIN
    tones: tuple[str, ...] = ("ok", "warn", "bad", "mute")
    node_width: int = NODE_WIDTH
    node_height: int = NODE_HEIGHT


def draw(found: Landscape) -> Drawing:
    """Place every system, then lay the lines."""
    lanes: list[Lane] = []
    nodes: list[Node] = []
    y = MARGIN
    for label, levels in LANES:
        systems = [one for one in found.systems if one.level in levels]
        if not systems:
            continue
        rows = -(-len(systems) // IN_A_ROW)
        height = LANE_HEAD + rows * (NODE_HEIGHT + 14)
        lanes.append(Lane(label, y, height))
        nodes += _placed(systems, y + LANE_HEAD, found)
        y += height + LANE_GAP
    return Drawing(tuple(lanes), tuple(nodes), _edges(found.flows, nodes), max(y - LANE_GAP + MARGIN, 60))


def _placed(systems: list[System], top: int, found: Landscape) -> list[Node]:
    nodes = []
    for row_start in range(0, len(systems), IN_A_ROW):
        row = systems[row_start : row_start + IN_A_ROW]
        slot = (WIDTH - 2 * MARGIN) / len(row)
        for column, system in enumerate(row):
            x = MARGIN + slot * (column + 0.5) - NODE_WIDTH / 2
            nodes.append(_node(system, x, top + row_start // IN_A_ROW * (NODE_HEIGHT + 14), found))
    return nodes


def _node(system: System, x: float, y: float, found: Landscape) -> Node:
    keys = {flow.interface_key for flow in found.flows if system.key in (flow.source, flow.target)}
    tone = "excluded" if system.is_excluded else found.tones.get(system.key, "mute")
    return Node(system, round(x, 1), y, tone, CATEGORY_ICONS.get(system.category, "server"), len(keys))


def _edges(flows: tuple[Flow, ...], nodes: list[Node]) -> tuple[Edge, ...]:
    places = {node.system.key: node for node in nodes}
    drawn = [flow for flow in flows if flow.source in places and flow.target in places]
    ports = _ports(drawn, places)
    return tuple(
        Edge(flow, _curve(places[flow.source], places[flow.target], ports[i]), _width(flow.delivered))
        for i, flow in enumerate(drawn)
    )


def _ports(flows: list[Flow], places: dict[str, Node]) -> dict[int, tuple[float, float]]:
    """Where each line leaves and arrives along a node, spread so that lines do not lie on each other."""
    ends: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for index, flow in enumerate(flows):
        ends[flow.source].append((places[flow.target].x, index, 0))
        ends[flow.target].append((places[flow.source].x, index, 1))
    found: dict[int, list[float]] = {index: [0.0, 0.0] for index in range(len(flows))}
    for key, held in ends.items():
        for place, (_, index, end) in enumerate(sorted(held), start=1):
            found[index][end] = places[key].x + NODE_WIDTH * place / (len(held) + 1)
    return {index: (out, into) for index, (out, into) in found.items()}


def _curve(source: Node, target: Node, ports: tuple[float, float]) -> str:
    x1, x2 = ports
    if source.y == target.y:
        return _bow(source, x1, x2)
    down = target.y > source.y
    y1 = source.y + (NODE_HEIGHT if down else 0)
    y2 = target.y - 7 if down else target.y + NODE_HEIGHT + 7
    middle = (y1 + y2) / 2
    return f"M{x1:.1f} {y1}C{x1:.1f} {middle} {x2:.1f} {middle} {x2:.1f} {y2}"


def _bow(node: Node, x1: float, x2: float) -> str:
    """Between neighbours of one lane: a bow below them."""
    y = node.y + NODE_HEIGHT
    deep = y + 26 + min(24, abs(x2 - x1) / 24)
    return f"M{x1:.1f} {y}C{x1:.1f} {deep:.1f} {x2:.1f} {deep:.1f} {x2:.1f} {y + 7}"


def _width(delivered: int) -> float:
    """Thicker for more, slowly: 1.6 for none, 2.6 for ten a day, 4.6 from a thousand."""
    return round(min(4.6, 1.6 + len(str(delivered)) * 0.6 if delivered else 1.6), 1)
