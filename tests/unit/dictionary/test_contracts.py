"""Schemas of entities, their validators, and which change of a schema breaks whom."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dictionary.contracts.compatibility import compare_schemas
from dictionary.contracts.json_schema import entity_schema
from dictionary.contracts.validate import SchemaRefused, check, schema_hash, validator
from dictionary.values.json import dumps, loads

from .example import CODE_LISTS, ELEMENTS, ENTITY, document, mapping

pytestmark = pytest.mark.req("M2.1")

SCHEMA = entity_schema(ENTITY, ELEMENTS, CODE_LISTS, version="1.2.0")


def test_an_entity_exports_a_schema_with_its_meaning():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"] == "urn:interlock:entity:nonconformance:1.2.0"
    assert SCHEMA["required"] == ["number", "severity"]
    glucose = SCHEMA["properties"]["glucose"]
    assert (glucose["x-unit"], glucose["x-digits"], glucose["x-rounding"]) == ("mg/dL", 2, "half_up")
    assert glucose["properties"]["unit"] == {"const": "mg/dL"}
    assert loads(dumps(SCHEMA)) == SCHEMA


def test_what_a_mapping_makes_is_valid():
    rules = (
        {"target": "glucose", "path": "$.v", "unit": {"from": "mg/L"}},
        {"target": "detected_at", "path": "$.t"},
        {"target": "tags", "path": "$.tags"},
        {"target": "ratio", "path": "$.r"},
    )
    found = mapping(*rules).run(document(v="51.25", t="2025-04-03T10:15:00.5Z", tags=["a"], r=Decimal("0.123456789")))
    assert found.ok
    assert check(found.output, SCHEMA) == []


BROKEN = [
    ({"severity": "major"}, "required", "$", "The field 'number' is missing in the document."),
    (
        {"number": "1", "severity": "x"},
        "enum",
        "$.severity",
        "The value 'x' of field severity is not one of 'grave', 'major', 'minor'.",
    ),
    ({"number": 1, "severity": "major"}, "type", "$.number", "The value 1 of field number must be text."),
    ({"number": "1" * 21, "severity": "major"}, "maxLength", "$.number", "is longer than 20 characters."),
    (
        {"number": "1", "severity": "major", "colour": 1},
        "additionalProperties",
        "$",
        "In the document, 'colour' is not a field of the contract.",
    ),
    (
        {"number": "1", "severity": "major", "pieces": -1},
        "minimum",
        "$.pieces",
        "The value -1 of field pieces is below 0.",
    ),
    (
        {"number": "1", "severity": "major", "due_on": "3.4.2025"},
        "format",
        "$.due_on",
        "The value '3.4.2025' of field due_on is not a date.",
    ),
    (
        {"number": "1", "severity": "major", "tags": ["a", 2]},
        "type",
        "$.tags[1]",
        "The value 2 of field tags[1] must be text.",
    ),
]


@pytest.mark.parametrize(("broken", "rule", "path", "sentence"), BROKEN)
def test_a_violation_names_field_value_and_rule(broken, rule, path, sentence):
    found = [one for one in check(broken, SCHEMA) if one.rule == rule]
    assert found[0].path == path
    assert found[0].sentence.endswith(sentence)


def test_a_validator_is_compiled_once():
    assert validator(SCHEMA) is validator(dict(SCHEMA), schema_hash(SCHEMA))


def test_a_schema_that_is_none_is_refused():
    with pytest.raises(SchemaRefused, match="not JSON Schema 2020-12"):
        validator({"type": "strin"})


def test_a_schema_cannot_make_the_hub_fetch():
    with pytest.raises(SchemaRefused):
        validator({"$ref": "http://127.0.0.1:9/schema.json"})


OLD = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "maxLength": 10},
        "n": {"type": "integer", "minimum": 0},
        "e": {"enum": ["x", "y"]},
        "q": {"type": "object", "properties": {"value": {"type": "number"}}, "x-unit": "mg/dL"},
        "l": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["a", "n"],
    "additionalProperties": False,
}


def changed(path: str, **keywords) -> dict:
    """OLD with keywords of one field replaced; None takes one away."""
    new = loads(dumps(OLD))
    place = new if path == "$" else new["properties"][path]
    place.update(keywords)
    for name in [name for name, value in keywords.items() if value is None]:
        del place[name]
    return new


VERDICTS = [
    (OLD, "identical", None),
    (changed("a", title="A"), "compatible", "The description of $.a changed (title)."),
    (changed("a", maxLength=20), "compatible", "The rule maxLength of $.a was loosened: it was 10, is 20."),
    (
        changed("a", maxLength=5),
        "breaking",
        "The rule maxLength of $.a was tightened or changed: it was 10, is 5.",
    ),
    (changed("a", maxLength=None), "compatible", "loosened"),
    (
        changed("a", pattern="^x"),
        "breaking",
        "The rule pattern of $.a was tightened or changed: it was unset, is ^x.",
    ),
    (changed("n", type="number"), "compatible", "loosened"),
    (changed("n", type=["integer", "null"]), "compatible", "loosened"),
    (changed("n", type="string"), "breaking", "The rule type of $.n"),
    (changed("n", minimum=-1), "compatible", "loosened"),
    (changed("n", minimum=1), "breaking", "tightened"),
    (changed("e", enum=["x", "y", "z"]), "compatible", "loosened"),
    (changed("e", enum=["x"]), "breaking", "tightened"),
    (changed("q", **{"x-unit": "g/L"}), "breaking", "The meaning of $.q changed: x-unit was mg/dL, is g/L."),
    (changed("q", **{"x-criticality": "high"}), "compatible", "description"),
    (changed("l", items={"type": "integer"}), "breaking", "The rule type of $.l[*]"),
    (changed("$", required=["a"]), "compatible", "The field $.n is no longer required."),
    (changed("$", required=["a", "e", "n"]), "breaking", "The field $.e is now required."),
    (
        changed("$", properties={**OLD["properties"], "z": {"type": "string"}}),
        "compatible",
        "The optional field $.z was added.",
    ),
    (
        changed("$", properties={"a": OLD["properties"]["a"]}),
        "breaking",
        "The field $.e was removed; it is still sent and would be refused.",
    ),
    (changed("$", additionalProperties=True), "compatible", "loosened"),
    (changed("$", minProperties=1), "breaking", "minProperties"),
]


@pytest.mark.req("M4.5")
@pytest.mark.parametrize(("new", "level", "words"), VERDICTS)
def test_the_verdict_on_a_change(new, level, words):
    verdict = compare_schemas(OLD, new)
    assert verdict.level == level
    assert words is None or any(words in reason for reason in verdict.reasons)


def test_a_verdict_of_compatible_holds_for_real_documents():
    documents = [{"a": "text", "n": 0}, {"a": "ten digits", "n": 5, "e": "y", "l": ["x"]}]
    for new, level, _ in VERDICTS:
        if level != "breaking":
            assert all(check(one, new) == [] for one in documents)
