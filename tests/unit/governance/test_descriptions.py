"""Two descriptions of one record: what went, came, was renamed perhaps, changed its type, and what unfolds how far."""

from __future__ import annotations

import time
from typing import Any

import pytest

from governance.changes.descriptions import comparing, reading, shapes
from governance.errors import Refused

pytestmark = pytest.mark.req("M7.4")


def fields(schema: dict[str, Any]) -> dict[tuple[str, ...], shapes.Shape]:
    return shapes.fields_of(schema, schema, "new")


def record(*required: str, **properties: Any) -> dict[str, Any]:
    made = {name: {"type": one} if isinstance(one, str) else one for name, one in properties.items()}
    return {"type": "object", "required": list(required), "properties": made}


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.what, ".".join(one.path)) for one in comparing.compare(fields(old), fields(new))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (record(a="string"), record(a="string"), []),
        (record(a="string", b="string"), record(a="string"), [("removed", "b")]),
        (record(a="string"), record(a="string", b="string"), [("added", "b")]),
        (record(a="string"), record("b", a="string", b="string"), [("now_required", "b")]),
        (record(a="string"), record(a="integer"), [("type", "a")]),
        (record(a={"type": "string", "format": "date"}), record(a="string"), [("type", "a")]),
        (record(a="string"), record(a={"type": "string", "nullable": True}), [("type", "a")]),
        (record("a", a="string"), record(a="string"), [("now_optional", "a")]),
        (record(a={"enum": ["x", "y"]}), record(a={"enum": ["x", "y"]}), []),
        (record(a={"type": "string", "enum": ["x"]}), record(a={"type": "string", "enum": ["y"]}), [("values", "a")]),
        (record(a=record(b="string", c="string")), record(), [("removed", "a")]),
        (record(a={"type": "array", "items": record(b="string")}), record(a={"type": "array"}), [("removed", "a.[*]")]),
    ],
)
def test_each_difference_is_told_once(old, new, expected):
    assert differences(old, new) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("lot_no", "lot_number"), ("lotNo", "LotNumber"), ("qty", "quantity"), ("lot_id", "lot"), ("colour", "color")],
)  # fmt: skip
def test_a_name_that_is_alike_is_suspected(one, other):
    rest = {"x": "string", "y": "string"}
    (found,) = [
        change
        for change in comparing.compare(
            fields(record(**{one: "string"}, **rest, gone="string")), fields(record(**{other: "string"}, **rest))
        )
        if change.what == "renamed"
    ]
    assert (found.path, found.to) == ((one,), (other,))
    assert f"“{other}”" in found.says


def test_another_type_another_object_or_another_name_is_not_suspected():
    old = record(lot_no="string", a=record(x="string"), b=record(y="string"), status="string")
    assert ("renamed", "lot_no") not in differences(old, record(lot_number="integer", a=record(), b=record()))
    assert not [one for one in differences(old, record(weight="string", height="string")) if one[0] == "renamed"]


def test_all_of_holds_and_one_of_is_uncertain():
    held = fields({"allOf": [record("a", a="string"), {"oneOf": [record("b", b="string"), record("c", c="string")]}]})
    assert {path[0]: shape.is_required for path, shape in held.items()} == {"a": True, "b": False, "c": False}


def test_what_an_optional_object_requires_is_not_required():
    held = fields(record("b", a=record("x", x="string"), b=record("x", x="string")))
    assert (held["a", "x"].is_required, held["b", "x"].is_required) == (False, True)


def test_records_are_found_in_components_definitions_and_inline_bodies():
    body = {"content": {"application/json": {"schema": record(a="string")}}}
    document = {"openapi": "3.1.0", "paths": {"/lots": {"get": {"responses": {"200": body}}}}}
    assert list(shapes.schemas_of(document, "new")) == ["get /lots 200"]
    assert list(shapes.schemas_of({"swagger": "2.0", "definitions": {"Lot": record()}}, "new")) == ["Lot"]
    with pytest.raises(Refused, match="there are: Lot, Order"):
        shapes.chosen({"Lot": {}, "Order": {}}, "", "new")


def test_odd_descriptions_are_read_without_a_crash():
    odd = {
        "properties": {"a": True, "b": None, "c": {"type": 7, "enum": "x", "items": [1], "allOf": {}}},
        "required": 3,
    }
    assert {path[0] for path in fields(odd)} == {"a", "b", "c"}
    assert shapes.schemas_of({"openapi": "3.0.0", "paths": {"/": None}, "components": {"schemas": {"A": 1}}}, "new")
    assert shapes.fields_of(1, {}, "new") == {}


def test_the_worst_that_fits_is_answered_in_time():
    started = time.perf_counter()
    many = record(**{f"field_{number}": "string" for number in range(9_000)})
    other = record(**{f"veld_{number}": "string" for number in range(9_000)})
    assert len(differences(many, other)) == 18_000
    wide = {"$defs": {f"d{n}": record(**{s: {"$ref": f"#/$defs/d{n + 1}"} for s in "abc"}) for n in range(12)}}
    with pytest.raises(Refused, match="unfolds"):
        fields({**wide, "$defs": {**wide["$defs"], "d12": record()}, "$ref": "#/$defs/d0"})
    either = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 10} for n in range(10)}
    with pytest.raises(Refused, match="100,000 alternatives"):
        fields({**record(x={"$ref": "#/$defs/d0"}), "$defs": {**either, "d10": {"type": "string"}}})
    schemas = {f"r{n}": record(**{f"f{m}": "string" for m in range(15_000)}) for n in range(7)}
    with pytest.raises(Refused, match="100,000 places together; choose one"):
        shapes.fields_of_all(schemas, {}, "new")
    assert len(shapes.fields_of_all({"r0": schemas["r0"]}, {}, "new")["r0"]) == 15_000
    with pytest.raises(Refused, match="levels deep"):
        reading.check({"a": _nested(200)}, "new")
    assert time.perf_counter() - started < 20


def _nested(depth: int) -> Any:
    found: Any = {}
    for _ in range(depth):
        found = {"a": found}
    return found
