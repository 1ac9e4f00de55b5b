"""A content that is drawn as a form and sent back unchanged is the same content."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from governance.changes import kinds
from governance.errors import Refused
from governance.shapes import Frame, build, place, read
from governance.shapes.field import KEY, Field
from governance.shapes.text import loaded
from hub.demonstration.content import content

FILES = ("systems", "connections", "contracts", "mappings_in", "mappings_out", "interfaces")


def posted(form: Field) -> dict[str, str]:
    """What a browser would send for a form that nobody touched."""
    found = {}
    for one in form.walk():
        if one.widget == "flag":
            found |= {one.name: "on"} if one.is_on else {}
        elif one.widget not in ("group", "table", "map"):
            found[one.name] = one.text.replace("\n", "\r\n")
    return found


def everything() -> list[tuple[str, dict[str, Any]]]:
    from pathlib import Path

    found = [one for name in FILES for one in _named(content(name))]
    for path in sorted([*Path("dictionary/starter").glob("*.yaml"), *Path("governance/starter").glob("*.yaml")]):
        found += _named(yaml.safe_load(path.read_text()))
    return found


def _named(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, one) for kind in document for one in document[kind] if any(kind == k.name for k in kinds.each())]


def test_a_form_that_nobody_touched_changes_nothing():
    seen = set()
    for kind, one in everything():
        frame = Frame(kinds.get(kind).schema(one))
        back = read(frame, posted(build(frame, one)), one)
        assert back.content == one, (kind, one["key"])
        assert not back.problems
        assert not back.unknown
        seen.add(kind)
    assert seen == {kind.name for kind in kinds.each()}


def test_a_field_that_the_form_does_not_have_is_named():
    frame = Frame(kinds.get("system").schema({}))
    assert read(frame, {"f.key": "mes", "f.is_admin": "on"}, {}).unknown == ["f.is_admin"]


def test_a_name_that_stands_twice_is_refused_and_not_lost():
    frame = Frame(kinds.get("code_list").schema({}))
    sent = {f"f.codes.0.{KEY}": "a", "f.codes.0.label": "A", f"f.codes.1.{KEY}": "a", "f.codes.1.label": "B"}
    reading = read(frame, sent, {})
    assert reading.problems == [(f"f.codes.1.{KEY}", "The name 'a' stands twice; each may stand once.")]


def test_a_sentence_stands_beside_the_field_that_it_names():
    form = build(Frame(kinds.get("interface").schema({})), content("interfaces")["interface"][0])
    left = place(
        form,
        [
            "The value 9 of field routes[1].sink must be text.",
            "Something about all of it.",
        ],
    )
    assert left == ["Something about all of it."]
    assert form.at("routes").rows[1].at("sink").problems == ["The value 9 of field routes[1].sink must be text."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x [1]\nb: *x", "alias"),
        ("a: 1\na: 2", "stands twice"),
        ("a: !!python/object/apply:os.system [id]", "constructor"),
        ('a: "\\0"', "NUL"),
        ('a: "\\ud800"', "cannot be taken"),
        ("[" * 3000, "nested too deeply"),
        ("a" * 400_001, "at most 400,000"),
        ("a: [", "line 1"),
        ("a: !!binary aGVsbG8=", "neither text, number"),
        ("a: !!set {b, c}", "neither text, number"),
        ("a: !!timestamp 2026-11-21", "neither text, number"),
        ("a: .nan", "no number"),
        ("{" + ",".join(f"k{number}: 1" for number in range(12_000)) + ", k1: 2}", "'k1' stands twice"),
    ],
)
def test_yaml_that_could_do_harm_is_refused_with_a_sentence(text, why):
    with pytest.raises(Refused, match=why):
        loaded(text)


def test_a_date_stays_the_text_that_was_written():
    assert loaded("day: 2026-11-21") == {"day": "2026-11-21"}


def test_a_text_that_looks_like_a_number_stays_text():
    mapping = {"key": "m", "rules": [{"target": "a", "constant": "1"}, {"target": "b", "constant": 1}]}
    frame = Frame(kinds.get("mapping").schema({}))
    assert read(frame, posted(build(frame, mapping)), mapping).content == mapping
