"""Mapping from the canonical entity to what a target reads."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dictionary.mapping import MappingRefused, compile_mapping
from dictionary.specs import MappingSpec

from .example import CODE_LISTS, ELEMENTS, ENTITY

pytestmark = pytest.mark.req("B4")

CANONICAL = {
    "number": "NC-1",
    "severity": "major",
    "glucose": {"value": Decimal("5.13"), "unit": "mg/dL"},
    "detected_at": "2025-04-03T08:15:00Z",
    "due_on": "2025-04-03",
    "ratio": Decimal("0.125"),
    "is_gmp": True,
    "tags": ["a", "b"],
}


def outward(*rules: dict, entity=ENTITY):
    content = {
        "key": "out",
        "label": "Out",
        "entity": "nonconformance",
        "direction": "to_target",
        "rules": list(rules),
    }
    return compile_mapping(MappingSpec.from_content(content), entity=entity, elements=ELEMENTS, code_lists=CODE_LISTS)


RULES = [
    ({"target": "ref", "path": "$.number"}, "NC-1"),
    ({"target": "sev", "path": "$.severity", "codes": {"system": "mes"}}, "MAJ"),
    (
        {
            "target": "when",
            "path": "$.detected_at",
            "date": {"format": "%d.%m.%Y %H:%M", "zone": "Asia/Tokyo"},
        },
        "03.04.2025 17:15",
    ),
    ({"target": "due", "path": "$.due_on", "date": {"format": "%m/%d/%Y"}}, "04/03/2025"),
    (
        {"target": "v", "path": "$.glucose", "unit": {"to": "g/L"}},
        {"value": Decimal("0.0513"), "unit": "g/L"},
    ),
    (
        {"target": "v", "path": "$.glucose", "unit": {"to": "g/L"}, "round": {"digits": 3}, "as": "text"},
        "0.051",
    ),
    ({"target": "v", "path": "$.glucose", "as": "number"}, Decimal("5.13")),
    ({"target": "v", "path": "$.glucose.unit"}, "mg/dL"),
    ({"target": "r", "path": "$.ratio", "round": {"mode": "half_up", "digits": 2}}, Decimal("0.13")),
    ({"target": "g", "path": "$.is_gmp", "as": "text"}, "true"),
    ({"target": "kind", "constant": "NCR"}, "NCR"),
    ({"target": "name", "concat": {"parts": ["$.number", " (", "$.severity", ")"]}}, "NC-1 (major)"),
    ({"target": "labels", "path": "$.tags", "many": True}, ["a", "b"]),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_each_kind_of_rule(rule, expected):
    found = outward(rule).run(CANONICAL)
    assert found.problems == ()
    assert found.output == {rule["target"]: expected}


def test_dotted_targets_nest():
    found = outward(
        {"target": "a.b.c", "path": "$.number"},
        {"target": "a.b.d", "constant": 1},
        {"target": "a.e", "path": "$.severity"},
    )
    assert found.run(CANONICAL).output == {"a": {"b": {"c": "NC-1", "d": 1}, "e": "major"}}


def test_a_list_of_objects_is_made_item_by_item():
    rule = {
        "target": "lines",
        "each": {
            "path": "$.lines",
            "rules": [{"target": "k", "path": "$.x"}, {"target": "n", "constant": 1, "when": "x == 'b'"}],
        },
    }
    found = outward(rule, entity=None).run({"lines": [{"x": "a"}, {"x": "b", "y": 2}]})
    assert found.output == {"lines": [{"k": "a"}, {"k": "b", "n": 1}]}
    assert found.unread == ("$.lines[*].y",)


LINES = {"lines": [{"x": "a"}, {"x": "b", "subs": [{"y": 1}]}]}
INNER = [
    {"target": "k", "path": "$.x"},
    {"target": "s", "each": {"path": "subs", "rules": [{"target": "z", "path": "y"}]}},
]


@pytest.mark.parametrize("path", ["$.lines", "$.lines[*]", "lines"])
def test_a_value_of_an_item_is_traced_to_its_place_in_the_whole(path):
    """Each line names one place of the output, one of the source, and the rule as the mapping lists it."""
    rule = {"target": "body.rows", "each": {"path": path, "rules": INNER}}
    lines = outward({"target": "first", "constant": 1}, rule, entity=None).run(LINES).trace[1:]
    start = path.removesuffix("[*]")
    assert [(line.target, line.rule, line.source, line.value) for line in lines] == [
        ("body.rows[0].k", 1, (f"{start}[0].x",), "a"),
        ("body.rows[1].k", 1, (f"{start}[1].x",), "b"),
        ("body.rows[1].s[0].z", 1, (f"{start}[1].subs[0].y",), 1),
    ]
    assert [line.notes for line in lines][1:] == [
        ("rule 1 of its items",),
        ("rule 2 of its items", "rule 1 of its items"),
    ]


@pytest.mark.parametrize(
    ("path", "document", "source"),
    [
        ("$.lines[?@.x == 'b']", LINES, "$.lines[?@.x == 'b'].x"),  # a filter does not tell which one it found
        ("$.lines", {"lines": {"x": "b"}}, "$.lines.x"),  # one object where a list may stand
    ],
)
def test_an_item_that_has_no_number_in_the_source_is_given_none(path, document, source):
    rule = {"target": "rows", "each": {"path": path, "rules": [{"target": "k", "path": "$.x"}]}}
    (line,) = outward(rule, entity=None).run(document).trace
    assert (line.target, line.source, line.value) == ("rows[0].k", (source,), "b")


REFUSED = [
    ({"target": "x", "path": "$.colour"}, "reads 'colour', which is not a field of entity 'nonconformance'"),
    (
        {"target": "x", "path": "$.severity", "codes": {"system": "old"}},
        "system 'old' has several codes for major of 'severity': declare which one to send in 'outbound'",
    ),
    ({"target": "x", "path": "$.severity", "codes": {"system": "crm"}}, "no crosswalk for system 'crm'"),
    ({"target": "x", "path": "$.glucose", "unit": {"to": "mmol/L"}}, "cannot be converted to 'mmol/L'"),
    (
        {"target": "x", "path": "$.glucose", "unit": {"from": "g/L"}},
        "a unit on the way out is declared with 'to'",
    ),
    ({"target": "x", "path": "$.due_on", "date": {"zone": "Nowhere"}}, "not in the time zone database"),
]


@pytest.mark.parametrize(("rule", "words"), REFUSED)
def test_a_rule_that_cannot_work(rule, words):
    with pytest.raises(MappingRefused, match="In rule 1") as refused:
        outward(rule)
    assert words in refused.value.sentences[0]


def test_a_target_is_a_value_or_an_object_not_both():
    with pytest.raises(MappingRefused, match="The target 'a' is a value in one rule and an object in another"):
        outward({"target": "a", "constant": 1}, {"target": "a.b", "constant": 2})


def test_a_code_that_the_system_lacks_is_a_problem():
    found = outward({"target": "x", "path": "$.severity", "codes": {"system": "lims"}}).run(CANONICAL)
    assert found.problems[0].sentence.endswith("has no entry for it to system 'lims'.")
