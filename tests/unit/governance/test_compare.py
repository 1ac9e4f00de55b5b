"""What differs between two contents: no value hides behind another that Python takes for equal."""

from __future__ import annotations

import pytest

from governance.changes.proposing.difference import compare, is_same

pytestmark = pytest.mark.req("M7.4")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ({"rules": [{"constant": 1}]}, {"rules": [{"constant": True}]}, "rules[0].constant"),
        ({"a": {"b": [0]}}, {"a": {"b": [False]}}, "a.b[0]"),
        ({"digits": 1}, {"digits": 1.0}, "digits"),
        ({"enum": ["A"]}, {"enum": ["A", None]}, "enum[1]"),
        ({"schema": {}}, {"schema": {"const": None}}, "schema.const"),
        ({"schema": {"const": None}}, {"schema": {}}, "schema.const"),
    ],
)
def test_a_value_that_python_takes_for_equal_is_told(old, new, field):
    assert [line["field"] for line in compare(old, new)] == [field]
    assert not is_same(old, new)


def test_a_null_that_came_is_told_beside_nothing():
    assert compare({}, {"const": None}) == [{"field": "const", "old": None, "new": "null"}]
    assert compare({"const": None}, {"const": 5}) == [{"field": "const", "old": None, "new": 5}]


def test_the_same_is_the_same_in_any_order_of_names():
    held = {"a": [1, {"b": None, "c": "x"}], "d": True}
    assert is_same(held, {"d": True, "a": [1, {"c": "x", "b": None}]})
    assert not is_same(None, held)
