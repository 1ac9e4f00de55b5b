"""Fields that nobody named: never dropped unseen."""

from __future__ import annotations

import pytest

from .example import document, mapping

pytestmark = pytest.mark.req("B4")


def unread(*rules: dict, **fields):
    return mapping(*rules).run(document(**fields)).unread


TITLE = {"target": "title", "path": "$.a.b"}
CASES = [
    ((), {}, ()),
    ((), {"colour": "red"}, ("$.colour",)),
    ((), {"colour": None}, ("$.colour",)),
    ((), {"box": {}}, ("$.box",)),
    ((), {"box": {"in": [1, {"x": 2}]}}, ("$.box.in[*]", "$.box.in[*].x")),
    ((), {"odd name": 1}, ("$['odd name']",)),
    ((TITLE,), {"a": {"b": "x", "c": 1}}, ("$.a.c",)),
    ((TITLE,), {"a": {"b": "x"}}, ()),
    (
        ({"target": "title", "path": "$.lines[0].t"},),
        {"lines": [{"t": "x", "u": 1}, {"t": "y"}]},
        ("$.lines[*].u",),
    ),
    (({"target": "tags", "path": "$.tags[*].n"},), {"tags": [{"n": "x", "m": 1}]}, ("$.tags[*].m",)),
    (
        ({"target": "tags", "path": "$.tags[?@.on==true].n"},),
        {"tags": [{"n": "x", "on": True, "m": 1}]},
        ("$.tags[*].m",),
    ),
    (
        ({"target": "title", "path": "$.a", "when": "kind == 'x' && meta.level > 1"},),
        {"a": "t", "kind": "x", "meta": {"level": 2, "other": 1}},
        ("$.meta.other",),
    ),
    (
        ({"target": "title", "path": "$.a", "when": "note != 'kind.of'"},),
        {"a": "t", "note": "", "kind": {"of": 1}},
        ("$.kind.of",),
    ),
    (({"target": "glucose", "path": "$.q"},), {"q": {"value": 1, "unit": "g/L", "flag": "H"}}, ("$.q.flag",)),
    (({"target": "glucose", "path": "$.v", "unit": {"from_path": "$.u"}},), {"v": 1, "u": "g/L"}, ()),
    (({"target": "title", "concat": {"parts": ["$.x", "$.y"]}},), {"x": "1", "y": "2", "z": "3"}, ("$.z",)),
]


@pytest.mark.parametrize(("rules", "fields", "expected"), CASES)
def test_what_no_rule_names_is_reported(rules, fields, expected):
    assert unread(*rules, **fields) == expected


def test_ignored_fields_are_told_apart_from_drift():
    compiled = mapping(ignored_paths=["$.meta", "$.lines[*].id"])
    found = compiled.run(document(meta={"a": 1, "b": {"c": 2}}, lines=[{"id": 1, "x": 2}], colour="red"))
    assert found.ignored == ("$.lines[*].id", "$.meta.a", "$.meta.b.c")
    assert found.unread == ("$.colour", "$.lines[*].x")


def test_an_ignored_field_that_does_not_arrive_is_not_reported():
    assert mapping(ignored_paths=["$.meta"]).run(document()).ignored == ()
