"""The dependency graph: what a start reaches, by which path, and what its hash says."""

from __future__ import annotations

import pytest

from governance.changes.impact import fields
from governance.changes.impact.computed import impact_of_nodes
from governance.changes.impact.reached import Impact
from governance.changes.weighing.graph import Edge, Facts, Graph, Node, Told
from governance.errors import Refused

pytestmark = pytest.mark.req("M7.4")
A, B, C, D, E = (Node("thing", name) for name in "abcde")


def graph(*pairs: tuple[Node, Node], **criticality: str) -> Graph:
    """One object tells each edge; ``criticality`` by key."""
    told = {
        node.reference: Told.of(
            [Edge(used, user, "is used by") for used, user in pairs if user == node],
            Facts(node.key, f"Owner of {node.key}", criticality.get(node.key, "")),
        )
        for node in (A, B, C, D, E)
    }
    return Graph(told)


def test_it_reaches_what_depends_and_nothing_that_is_depended_on():
    found = impact_of_nodes([B], graph((A, B), (B, C), (C, D)))
    assert [one.node for one in found.nodes] == [C, D]
    assert found.owners == ("Owner of c", "Owner of d")


def test_the_reason_is_a_shortest_path():
    found = impact_of_nodes([A], graph((A, B), (B, C), (C, D), (A, C)))
    assert {one.node: one.path for one in found.nodes}[D] == (A, C, D)


def test_a_circle_ends():
    found = impact_of_nodes([A], graph((A, B), (B, C), (C, A)))
    assert [one.node for one in found.nodes] == [B, C]


def test_the_hash_is_that_of_the_edges_in_any_order_and_of_no_other():
    one = graph((A, B), (B, C)).digest
    assert graph((B, C), (A, B)).digest == one
    assert graph((A, B), (A, C)).digest != one


def test_a_part_within_one_object_does_not_reach_the_same_part_within_another():
    here, there = (Node("rule", "m", "1", ("thing", name)) for name in "ab")
    held = {("thing", "a"): Told.of([Edge(E, here, "is read by"), Edge(here, A, "runs in")], Facts())}
    held |= {("thing", "b"): Told.of([Edge(there, B, "runs in")], Facts())}
    assert [one.node for one in impact_of_nodes([E], Graph(held)).nodes] == [here, A]


def test_growth_is_a_new_object_or_a_higher_criticality():
    older = impact_of_nodes([A], graph((A, B), (B, C), b="low"))
    assert not older.grew_beyond(older)
    assert not impact_of_nodes([A], graph((A, B), b="low")).grew_beyond(older)
    more = impact_of_nodes([A], graph((A, B), (B, C), (C, D), b="low"))
    assert [one.reference for one in more.grew_beyond(older)] == [D.reference]
    worse = impact_of_nodes([A], graph((A, B), (B, C), b="high"))
    assert [one.reference for one in worse.grew_beyond(older)] == [B.reference]


def test_it_comes_back_from_its_json_as_it_was():
    found = impact_of_nodes([A, E], graph((A, B), (B, C), (E, D), b="critical"))
    assert Impact.from_content(found.content()) == found
    assert found.highest_criticality == "critical"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("$.lot.id", ("lot", "id")),
        ("lot.id", ("lot", "id")),
        ("$.lines[0].text", ("lines", "[*]", "text")),
        ("$['lot number'].x", ("lot number", "x")),
        ("$.größe", ("größe",)),
    ],
)
def test_a_path_is_read_as_people_write_it(text, path):
    assert fields.read(text) == path
    assert fields.read(fields.written(path)) == path


@pytest.mark.parametrize("text", ["", "$", "$..x", "=1+1", "a b", "$.x[?@.y]", "x" * 400, "$['a\u202eb']"])
def test_what_is_no_path_is_refused_with_a_sentence(text):
    with pytest.raises(Refused, match="is no path of a field"):
        fields.read(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("$.lot", "$.lot.id", True),
        ("$.lot.id", "$.lot", True),
        ("$.lines.text", "$.lines[*].text", True),
        ("$.lot", "$.lots", False),
        ("$.lot.id", "$.lot.name", False),
        ("$.any.id", "$.*.id", True),
    ],
)
def test_an_object_that_goes_takes_its_fields_along(one, other, expected):
    assert fields.overlap(fields.read(one), fields.read(other)) is expected
