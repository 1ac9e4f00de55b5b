"""The dictionary that a new installation starts with, and the checks of every kind's content."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import dictionary
from dictionary.contracts.json_schema import entity_schema
from dictionary.contracts.validate import validator
from dictionary.specs import CodeListSpec, ElementSpec, EntitySpec, LocalTermSpec
from dictionary.validation import problems
from dictionary.values.codes import ambiguous_outbound

pytestmark = pytest.mark.req("M2.2")

ENTITIES = {
    "nonconformance",
    "capa",
    "supplier",
    "product",
    "lot",
    "inspection_result",
    "calibration_record",
    "audit_finding",
    "employee",
}


def _contents() -> list[tuple[str, dict]]:
    folder = Path(dictionary.__path__[0]) / "starter"
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]
    return [(kind, content) for document in documents for kind, contents in document.items() for content in contents]


CONTENTS = _contents()
ELEMENTS = {content["key"]: ElementSpec.from_content(content) for kind, content in CONTENTS if kind == "element"}
CODE_LISTS = {content["key"]: CodeListSpec.from_content(content) for kind, content in CONTENTS if kind == "code_list"}
TERMS = [LocalTermSpec.from_content(content) for kind, content in CONTENTS if kind == "local_term"]
SPECS = {content["key"]: EntitySpec.from_content(content) for kind, content in CONTENTS if kind == "entity"}


@pytest.mark.parametrize(
    ("kind", "content"), CONTENTS, ids=lambda value: value if isinstance(value, str) else value["key"]
)
def test_every_entry_is_valid(kind, content):
    assert problems(kind, content) == []


def test_keys_are_unique():
    keys = [(kind, content["key"]) for kind, content in CONTENTS]
    assert len(keys) == len(set(keys))


def test_everything_that_is_named_exists():
    assert {field.element for spec in SPECS.values() for field in spec.fields} <= ELEMENTS.keys()
    assert {one.code_list for one in ELEMENTS.values() if one.code_list} <= CODE_LISTS.keys()
    assert {one.reference for one in ELEMENTS.values() if one.reference} <= SPECS.keys()
    assert {term.element for term in TERMS} <= ELEMENTS.keys()


def test_every_element_has_an_owner_but_the_number_of_the_source():
    assert {key for key, one in ELEMENTS.items() if not one.owner_system} == {"original_number"}


def test_the_entities_export_json_schema():
    assert SPECS.keys() == ENTITIES
    for spec in SPECS.values():
        validator(entity_schema(spec, ELEMENTS, CODE_LISTS))


def test_defect_and_yield_loss_are_one_element():
    found = {term.term: (term.system, term.element) for term in TERMS if term.term in ("defect", "yield loss")}
    assert found == {"defect": ("qms", "defect_quantity"), "yield loss": ("mes", "defect_quantity")}
    assert all(term.context and term.definition and term.relation for term in TERMS)


def test_the_severities_of_every_system_can_be_sent_back():
    assert ambiguous_outbound(CODE_LISTS["severity"], "mes") == []


def _element(**more):
    return {"key": "x", "label": "X", "definition": "For a test.", "type": "text", **more}


INVALID = [
    (
        "element",
        _element(type="quantity", unit="mg/DL"),
        "The unit 'mg/DL' in field unit is not a UCUM unit; did you mean 'mg/dL'?",
    ),
    (
        "element",
        _element(type="quantity"),
        "The element 'x' is a quantity and needs a UCUM unit ('1' for a plain number).",
    ),
    ("element", _element(unit="mg"), "The unit 'mg' of element 'x' needs type quantity, not text."),
    ("element", _element(type="code"), "The element 'x' is of type code and needs a code_list."),
    (
        "element",
        _element(code_list="severity"),
        "The code_list 'severity' of element 'x' needs type code, not text.",
    ),
    ("element", _element(digits=2), "The digits 2 of element 'x' needs a numeric type, not text."),
    ("element", _element(type="decimal", digits=2, significant=2), "only one can hold."),
    (
        "element",
        _element(type="decimal", minimum="2", maximum="1"),
        "The minimum 2 of element 'x' is above its maximum 1.",
    ),
    ("element", _element(type="decimal", minimum=2), "The value 2 of field minimum must be null or text."),
    (
        "element",
        _element(pattern="(?=x)"),
        "is not a regular expression without look-around and back-references.",
    ),
    ("element", _element(type="float"), "The value 'float' of field type is not one of "),
    (
        "code_list",
        {"key": "c", "label": "C", "codes": {"a": {"label": "A"}}, "crosswalks": {"mes": {"X": "b"}}},
        "leads from 'X' to 'b', which is no code of the list.",
    ),
    (
        "code_list",
        {"key": "c", "label": "C", "codes": {"a": {"label": "A"}}, "outbound": {"mes": {"b": "X"}}},
        "starts from 'b', which is no code of the list.",
    ),
    (
        "code_list",
        {
            "key": "c",
            "label": "C",
            "codes": {"a": {"label": "A"}, "b": {"label": "B"}},
            "crosswalks": {"mes": {"X": "a"}},
            "outbound": {"mes": {"b": "X"}},
        },
        "sends 'b' to mes as 'X', but the crosswalk reads that as 'a'.",
    ),
    (
        "entity",
        {"key": "e", "label": "E", "fields": [{"name": "a", "element": "a"}], "business_key": ["a"]},
        "it must be required and single.",
    ),
    (
        "entity",
        {"key": "e", "label": "E", "fields": [{"name": "a", "element": "a"}], "business_key": ["b"]},
        "names 'b', which is not one of its fields.",
    ),
    (
        "entity",
        {
            "key": "e",
            "label": "E",
            "fields": [{"name": "a", "element": "a", "required": True}] * 2,
            "business_key": ["a"],
        },
        "stands twice",
    ),
    (
        "local_term",
        {"key": "t", "system": "mes", "term": "x", "element": "y", "relation": "like"},
        "is not one of 'same', 'narrower', 'broader', 'derived'",
    ),
    (
        "contract",
        {"key": "c", "label": "C", "schema": {}, "idempotency_key": ["$.["]},
        "In the contract 'c', the path",
    ),
    (
        "contract",
        {"key": "c", "label": "C", "schema": {}, "idempotency_key": ["$.id"], "order_policy": "strict"},
        "needs an ordering key.",
    ),
    (
        "mapping",
        {
            "key": "m",
            "label": "M",
            "entity": "e",
            "direction": "to_canonical",
            "rules": [{"target": "a", "path": "$.["}],
        },
        "is not JSONPath",
    ),
]


@pytest.mark.parametrize(("kind", "content", "sentence"), INVALID)
def test_content_that_cannot_hold_is_explained(kind, content, sentence):
    found = problems(kind, content)
    assert any(sentence in one for one in found), found
