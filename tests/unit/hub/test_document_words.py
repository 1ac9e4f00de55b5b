"""A mapping and a connection in words: nothing that alters a value escapes them, and no secret gets in."""

from __future__ import annotations

import pytest

from dictionary.documents import parts
from dictionary.mapping.schema import _RULE, malformed
from hub.documents import fields, transport

pytestmark = pytest.mark.req("M1.6")

TWO = {  # two contents of each part of a rule that mean different things
    "path": ("$.a", "$.b"),
    "constant": ("a", 1),
    "concat": ({"parts": ["$.a"]}, {"parts": ["$.a"], "sep": "-"}),
    "lookup": ({"name": "t", "path": "$.a"}, {"name": "u", "path": "$.a"}),
    "each": ({"path": "$.a", "rules": []}, {"path": "$.a", "rules": [{"target": "x", "path": "$.x"}]}),
    "many": (True, False),
    "when": ("a == 1", "a == 2"),
    "number": ({"decimal": ","}, {"decimal": ",", "group": "."}),
    "unit": ({"from": "g"}, {"from": "g", "aliases": {"gr": "g"}}),
    "codes": ({"system": "lims"}, {"system": "lims", "list": "verdict"}),
    "date": ({"format": "%d.%m.%Y"}, {"format": "%d.%m.%Y", "zone": "Europe/Zurich"}),
    "round": ({"digits": 2}, {"digits": 2, "mode": "up"}),
    "default": ("x", None),
    "as": ("text", "number"),
}


def mapping(rule: dict, **more) -> dict:
    content = {"key": "m", "label": "M", "entity": "e", "direction": "to_canonical", "rules": [rule], **more}
    assert malformed(content) == []
    return content


def test_every_part_of_a_rule_is_tried():
    assert set(TWO) == set(_RULE["properties"]) - {"target", "note"}


@pytest.mark.parametrize("name", TWO)
def test_each_part_of_a_rule_shows(name):
    source = {} if name in ("path", "constant", "concat", "lookup", "each") else {"path": "$.a"}
    told = [
        fields.rows(mapping({"target": "x", **source, **({name: one} if one != "-" else {})}), {}) for one in TWO[name]
    ]
    without = fields.rows(mapping({"target": "x", **(source or {"path": "$.z"})}), {})
    assert told[0] != told[1]
    assert without not in told


def test_a_note_is_for_its_author_alone():
    rule = {"target": "x", "path": "$.a"}
    assert fields.rows(mapping(rule), {}) == fields.rows(mapping({**rule, "note": "Agreed by phone"}), {})


def test_two_rules_of_one_target_both_show():
    two = [{"target": "x", "path": "$.a", "when": "b"}, {"target": "x", "path": "$.c"}]
    assert fields.rows({**mapping(two[0]), "rules": two}, {})["x"] == "$.a; only when b; or $.c"


def test_a_long_table_is_cut_and_any_change_of_it_shows():
    table = {f"code {number:03}": str(number) for number in range(200)}
    rule = {"target": "x", "lookup": {"name": "t", "path": "$.a"}}
    told = [
        fields.rows(mapping(rule, lookups={"t": one}), {})["Table t"] for one in (table, {**table, "code 199": "other"})
    ]
    assert told[0] != told[1]
    assert "and 160 more (sha256 " in told[0]
    assert len(told[0]) < 1000


def test_no_password_stands_in_the_words_of_a_connection():
    connection = {
        "key": "qms",
        "connector": "rest",
        "settings": {"base_url": "https://user:word@qms.example/door?token=abc#x"},
        "credentials": {"password": "env:HUB_CONNECTION_QMS"},
    }
    told = transport.rows(connection, {"key": "qms", "label": "QMS"})
    assert told["Address"] == "https://qms.example/door"
    assert told["Credentials"] == "password"
    assert not {"word", "abc", "HUB_CONNECTION_QMS"} & {part for text in told.values() for part in text.split()}


def test_a_row_that_moved_is_no_difference_and_one_that_is_gone_is():
    old = {"IF-1": [parts.section("a", "A", {"one": "1", "two": "2"})]}
    moved = {"IF-1": [parts.section("a", "A", {"two": "2", "one": "1"})]}
    assert parts.compare(old, moved) == []
    less = {"IF-1": [parts.section("a", "A", {"one": "7"})]}
    assert [parts.sentence(one) for one in parts.compare(old, less)] == [
        "IF-1 › A › one: the document says “1”, the configuration says “7”.",
        "IF-1 › A › two: the document says “2”, the configuration has no such thing.",
    ]
