"""The landscape's drawing: no line runs through a box, no name is cut, no two lines lie on each other."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from hub.console.drawing.map import draw
from hub.console.drawing.shape import NARROW, WIDE
from hub.selectors.watching.landscape import Flow, Landscape

POINT = re.compile(r"([MLQ])([^MLQ]+)")


def a_system(key: str, level: int, label: str = "") -> Any:
    return SimpleNamespace(key=key, label=label or key, level=level, category="mes", is_excluded=False, is_gxp=True)


def a_flow(number: int, source: str, target: str) -> Flow:
    return Flow(f"IF-{number}", "Flow", source, target, "ok", "Healthy", number, "high", True)


def a_landscape(seed: int) -> Landscape:
    """Some systems on all levels, and some flows between any of them, one within a system among them."""
    chance = Random(seed)
    systems = [a_system(f"s{i}", chance.choice((0, 1, 2, 3, 3, 4, 4))) for i in range(chance.randint(2, 14))]
    keys = [one.key for one in systems]
    flows = [a_flow(i, chance.choice(keys), chance.choice(keys)) for i in range(chance.randint(1, 18))]
    return Landscape(tuple(systems), tuple(flows), dict.fromkeys(keys, "ok"))


def points(path: str) -> list[tuple[float, float]]:
    """The corners of a path, its round corners taken as their ends."""
    found = []
    for _, numbers in POINT.findall(path):
        values = [float(one) for one in numbers.split()]
        found += list(zip(values[::2], values[1::2], strict=True))
    return found


def boxes(drawing: Any) -> list[tuple[float, float, float, float]]:
    size = drawing.shape.node, drawing.node_height
    return [(node.x, node.y, node.x + size[0], node.y + size[1]) for node in drawing.nodes]


@pytest.mark.parametrize("shape", [WIDE, NARROW], ids=lambda shape: shape.name)
@pytest.mark.parametrize("seed", range(30))
def test_no_line_runs_through_a_box(seed, shape):
    drawing = draw(a_landscape(seed), shape)
    for edge in drawing.edges:
        corners = points(edge.path)
        for (x1, y1), (x2, y2) in pairwise(corners):
            for left, top, right, bottom in boxes(drawing):
                is_beside = max(x1, x2) <= left or min(x1, x2) >= right
                is_over_or_under = max(y1, y2) <= top or min(y1, y2) >= bottom
                assert is_beside or is_over_or_under, (edge.flow, (x1, y1), (x2, y2))


@pytest.mark.parametrize("shape", [WIDE, NARROW], ids=lambda shape: shape.name)
@pytest.mark.parametrize("seed", range(30))
def test_everything_stands_on_the_sheet_and_boxes_stand_apart(seed, shape):
    drawing = draw(a_landscape(seed), shape)
    for left, top, right, bottom in boxes(drawing):
        assert left >= 0
        assert top >= 0
        assert right <= shape.width
        assert bottom <= drawing.height
    for one, other in combinations(boxes(drawing), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for edge in drawing.edges:
        assert all(0 <= x <= shape.width and 0 <= y <= drawing.height for x, y in points(edge.path))


def test_a_long_name_takes_more_lines_and_is_never_cut():
    name = "Environmental monitoring of the clean rooms in building 12"
    found = Landscape((a_system("air", 1, name),), (), {"air": "ok"})
    for shape in (WIDE, NARROW):
        (node,) = draw(found, shape).nodes
        assert " ".join(words for _, words in node.title) == name
        assert all(len(words) <= shape.letters for _, words in node.title)


def test_lanes_stand_by_level_and_an_empty_one_is_left_out():
    found = Landscape((a_system("erp", 4), a_system("press", 0)), (), {})
    assert [lane.label for lane in draw(found, WIDE).lanes] == ["Enterprise", "Devices"]
    assert draw(found, WIDE).nodes[0].y < draw(found, WIDE).nodes[1].y
