"""Mappings that cannot work are refused when they are written."""

from __future__ import annotations

import pytest

from dictionary.mapping import MappingRefused

from .example import mapping

pytestmark = pytest.mark.req("B4")

REFUSED = [
    (
        {"target": "colour", "path": "$.c"},
        "In rule 3 (colour), the target is not a field of entity 'nonconformance': "
        "only elements of the dictionary can be targets.",
    ),
    ({"target": "title", "path": "$.a["}, "In rule 3 (title), the path '$.a[' is not JSONPath: "),
    (
        {"target": "title", "path": "$..a"},
        "In rule 3 (title), '..' and several selectors at once are not offered",
    ),
    ({"target": "title", "path": "$.a[?match(@.b, '(x+x+)+y')]"}, "In rule 3 (title), the path"),
    (
        {"target": "title", "path": "$.a", "when": "a =="},
        "In rule 3 (title), the condition 'a ==' is not CEL: ",
    ),
    (
        {"target": "title"},
        "exactly one of path, constant, concat, lookup, each must be declared; found none.",
    ),
    ({"target": "title", "path": "$.a", "constant": "x"}, "found path and constant."),
    (
        {"target": "glucose", "path": "$.a", "unit": {"from": "mmol/L"}},
        "cannot be converted to 'mg/dL', which measures mass·length⁻³.",
    ),
    ({"target": "glucose", "path": "$.a", "unit": {"from": "mg/DL"}}, "did you mean 'mg/dL'?"),
    (
        {"target": "glucose", "path": "$.a", "unit": {"to": "g/L"}},
        "'unit.to' belongs to a mapping on the way out",
    ),
    (
        {"target": "pieces", "path": "$.a", "unit": {"from": "1"}},
        "a unit is declared, but element 'pieces' is of type integer, not quantity.",
    ),
    (
        {"target": "severity", "path": "$.a", "codes": {"system": "crm"}},
        "code list 'severity' has no crosswalk for system 'crm'.",
    ),
    (
        {"target": "severity", "path": "$.a", "codes": {"system": "mes", "list": "colours"}},
        "the code list 'colours' does not exist.",
    ),
    (
        {"target": "due_on", "path": "$.a", "date": {"format": "%d/%m"}},
        "the format '%d/%m' does not name year, month and day.",
    ),
    (
        {"target": "detected_at", "path": "$.a", "date": {"zone": "Europe/Atlantis"}},
        "the zone 'Europe/Atlantis' is not in the time zone database.",
    ),
    (
        {"target": "title", "path": "$.a", "date": {"zone": "UTC"}},
        "a date format is declared, but element 'title' is of type text.",
    ),
    (
        {"target": "title", "path": "$.a", "round": {"digits": 1}},
        "a rounding is declared, but element 'title' is of type text.",
    ),
    (
        {"target": "ratio", "path": "$.a", "round": {"digits": 1, "significant": 1}},
        "digits and significant digits are both declared",
    ),
    (
        {"target": "pieces", "constant": "many"},
        "the rule's own value is refused: The value 'many' in field pieces is not a plain decimal number.",
    ),
    (
        {"target": "pieces", "path": "$.a", "default": -1},
        "the rule's own value is refused: The value -1 in field pieces is below 0.",
    ),
    (
        {"target": "title", "lookup": {"name": "gone", "path": "$.a"}},
        "the lookup table 'gone' does not exist.",
    ),
    (
        {"target": "title", "path": "$.a", "many": True},
        "'many' is declared, but the field holds a single value.",
    ),
    ({"target": "tags", "each": {"path": "$.a", "rules": []}}, "'each' belongs to a mapping on the way out"),
    ({"target": "title", "path": "$.a", "transform": "upper"}, "'transform' is not a field of the contract."),
    ({"target": "title", "constant": 1.5}, "must be null or true or false or a whole number or text"),
]


@pytest.mark.parametrize(("rule", "words"), REFUSED)
def test_a_rule_that_cannot_work(rule, words):
    with pytest.raises(MappingRefused) as refused:
        mapping(rule)
    assert any(words in sentence for sentence in refused.value.sentences), refused.value.sentences


def test_a_required_field_without_a_rule():
    with pytest.raises(MappingRefused) as refused:
        mapping({"target": "number", "path": "$.id"}, required=False)
    assert refused.value.sentences == (
        "The field severity of entity 'nonconformance' is required, and no rule fills it.",
    )


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(MappingRefused) as refused:
        mapping(
            {"target": "colour", "path": "$.c"},
            {"target": "title"},
            {"target": "pieces", "constant": "x"},
            ignored_paths=["$.["],
        )
    assert len(refused.value.sentences) == 4
