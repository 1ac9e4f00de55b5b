"""Mapping to the canonical entity: values with their trace, problems instead of exceptions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dictionary.values.json import dumps

from .example import document, mapping

pytestmark = pytest.mark.req("B4")


def mapped(rule: dict, **fields):
    return mapping(rule).run(document(**fields))


RULES = [
    ({"target": "title", "path": "$.a.b[0]"}, {"a": {"b": ["deep"]}}, "deep"),
    ({"target": "title", "path": "a.b"}, {"a": {"b": "dotted"}}, "dotted"),
    ({"target": "title", "path": "$['strange name']"}, {"strange name": "quoted"}, "quoted"),
    (
        {"target": "title", "path": "$.lines[?@.kind=='t'].text"},
        {"lines": [{"kind": "x", "text": "no"}, {"kind": "t", "text": "filtered"}]},
        "filtered",
    ),
    ({"target": "title", "constant": "fixed"}, {}, "fixed"),
    ({"target": "title", "concat": {"parts": ["$.site", "$.no"], "sep": "-"}}, {"site": "B", "no": 7}, "B-7"),
    ({"target": "title", "concat": {"parts": ["$.site", "/", "$.no"]}}, {"site": "B", "no": 7}, "B/7"),
    ({"target": "pieces", "path": "$.n", "default": 3}, {}, 3),
    ({"target": "pieces", "path": "$.n", "default": 3}, {"n": 5}, 5),
    ({"target": "pieces", "path": "$.n", "number": {"decimal": ",", "group": "."}}, {"n": "1.234"}, 1234),
    ({"target": "ratio", "path": "$.n", "number": {"decimal": ","}}, {"n": "0,12345"}, Decimal("0.123")),
    (
        {"target": "ratio", "path": "$.n", "round": {"mode": "half_up", "digits": 1}},
        {"n": Decimal("0.25")},
        Decimal("0.3"),
    ),
    (
        {"target": "glucose", "path": "$.v", "unit": {"from": "mg/L"}},
        {"v": "51.25"},
        {"value": Decimal("5.13"), "unit": "mg/dL"},
    ),
    (
        {"target": "glucose", "path": "$.v", "unit": {"from_path": "$.u"}},
        {"v": 1, "u": "g/L"},
        {"value": Decimal("100.00"), "unit": "mg/dL"},
    ),
    (
        {"target": "glucose", "path": "$.v", "unit": {"from_path": "$.u", "aliases": {"mg%": "mg/dL"}}},
        {"v": 90, "u": "mg%"},
        {"value": Decimal("90.00"), "unit": "mg/dL"},
    ),
    (
        {"target": "glucose", "path": "$.q"},
        {"q": {"value": 1, "unit": "g/L"}},
        {"value": Decimal("100.00"), "unit": "mg/dL"},
    ),
    (
        {
            "target": "detected_at",
            "path": "$.t",
            "date": {"format": "%d/%m/%Y %H:%M", "zone": "Europe/Berlin"},
        },
        {"t": "03/04/2025 10:15"},
        "2025-04-03T08:15:00Z",
    ),
    ({"target": "due_on", "path": "$.d"}, {"d": "2025-04-03"}, "2025-04-03"),
    ({"target": "is_gmp", "path": "$.g"}, {"g": "true"}, True),
    ({"target": "lot", "path": "$.lot"}, {"lot": 4711}, "4711"),
    ({"target": "tags", "path": "$.tags"}, {"tags": ["a", "b"]}, ["a", "b"]),
    ({"target": "tags", "path": "$.tags[*].name"}, {"tags": [{"name": "a"}, {"name": "b"}]}, ["a", "b"]),
    ({"target": "tags", "path": "$.tags"}, {"tags": "one"}, ["one"]),
    (
        {"target": "title", "path": "$.t", "when": "kind == 'x' && n > 2"},
        {"t": "yes", "kind": "x", "n": Decimal("2.5")},
        "yes",
    ),
]


@pytest.mark.parametrize(("rule", "fields", "expected"), RULES)
def test_each_kind_of_rule(rule, fields, expected):
    found = mapped(rule, **fields)
    assert found.problems == ()
    assert found.output[rule["target"]] == expected
    assert found.unread == ()


def test_a_lookup_reads_a_table_of_the_mapping():
    rule = {"target": "title", "lookup": {"name": "lines", "path": "$.line"}}
    compiled = mapping(rule, lookups={"lines": {"L1": "Filling"}})
    assert compiled.run(document(line="L1")).output["title"] == "Filling"
    problem = compiled.run(document(line="L9")).problems[0]
    assert problem.sentence == "The value 'L9' in field title is not in the lookup table 'lines'."


def test_the_first_rule_that_has_a_value_wins():
    compiled = mapping(
        {"target": "title", "path": "$.a"},
        {"target": "title", "path": "$.b"},
        {"target": "title", "constant": "none"},
    )
    assert [compiled.run(document(**fields)).output["title"] for fields in ({"a": "1", "b": "2"}, {"b": "2"}, {})] == [
        "1",
        "2",
        "none",
    ]


def test_an_alternative_does_not_paper_over_a_refusal():
    compiled = mapping({"target": "pieces", "path": "$.n"}, {"target": "pieces", "constant": 0})
    found = compiled.run(document(n="many"))
    assert "pieces" not in found.output
    assert [problem.field for problem in found.problems] == ["pieces"]


def test_a_default_does_not_paper_over_a_refusal():
    found = mapped({"target": "pieces", "path": "$.n", "default": 0}, n="many")
    assert "pieces" not in found.output


def test_a_condition_that_does_not_hold_leaves_the_field_out():
    found = mapped({"target": "title", "path": "$.t", "when": "kind == 'x'"}, t="no")
    assert "title" not in found.output
    assert found.ok


PROBLEMS = [
    (
        {"target": "pieces", "path": "$.n"},
        {"n": Decimal("1.5")},
        "integer",
        "The value 1.5 in field pieces is not a whole number, and no rounding is declared.",
    ),
    ({"target": "pieces", "path": "$.n"}, {"n": -1}, "minimum", "The value -1 in field pieces is below 0."),
    (
        {"target": "pieces", "path": "$.n"},
        {"n": True},
        "number",
        "The value true in field pieces is not a number.",
    ),
    (
        {"target": "ratio", "path": "$.n"},
        {"n": "0,5"},
        "number",
        "The value '0,5' in field ratio is not a plain decimal number. Declare its decimal mark in the rule.",
    ),
    (
        {"target": "ratio", "path": "$.n", "number": {"decimal": ",", "group": "."}},
        {"n": "1.23,5"},
        "number",
        "The value '1.23,5' in field ratio is not grouped by threes with '.'.",
    ),
    (
        {"target": "glucose", "path": "$.v"},
        {"v": 5},
        "unit",
        "The value 5 in field glucose has no unit: the rule declares none and the source gives none.",
    ),
    (
        {"target": "glucose", "path": "$.v", "unit": {"from_path": "$.u"}},
        {"v": 5, "u": "mg/DL"},
        "unit",
        "The unit 'mg/DL' in field glucose is not a UCUM unit; did you mean 'mg/dL'?",
    ),
    (
        {"target": "glucose", "path": "$.v", "unit": {"from": "g/L"}},
        {"v": {"value": 1, "unit": "mg/L"}},
        "unit",
        "The quantity in field glucose says unit 'mg/L', but the rule declares 'g/L'.",
    ),
    (
        {"target": "glucose", "path": "$.v", "unit": {"from": "g/L"}},
        {"v": -1},
        "minimum",
        "The value -1 in field glucose is below 0 mg/dL.",
    ),
    (
        {"target": "due_on", "path": "$.d"},
        {"d": "03/04/2025"},
        "date.ambiguous",
        "The date '03/04/2025' in field due_on is ambiguous (3 April 2025 or 4 March 2025): "
        "declare a format for the field.",
    ),
    (
        {"target": "title", "path": "$.t"},
        {"t": {"a": 1}},
        "text",
        "The value an object with 1 fields in field title is not text.",
    ),
    (
        {"target": "is_gmp", "path": "$.g"},
        {"g": "yes"},
        "boolean",
        "The value 'yes' in field is_gmp is neither true nor false.",
    ),
    (
        {"target": "title", "path": "$.t", "when": "n > 'x'"},
        {"t": "a", "n": 1},
        "when",
        "The condition 'n > 'x'' for field title cannot be decided: ",
    ),
    (
        {"target": "title", "path": "$.t", "when": "n"},
        {"t": "a", "n": 1},
        "when",
        "The condition 'n' for field title cannot be decided: it gives 1, neither true nor false.",
    ),
]


@pytest.mark.parametrize(("rule", "fields", "broken", "sentence"), PROBLEMS)
def test_a_value_that_breaks_a_rule_is_a_problem_that_says_so(rule, fields, broken, sentence):
    found = mapped(rule, **fields)
    assert rule["target"] not in found.output
    (problem,) = found.problems
    assert (problem.field, problem.rule, problem.rule_index) == (rule["target"], broken, 2)
    assert problem.sentence.startswith(sentence)
    assert problem.path == rule["path"]


def test_all_problems_are_collected_and_the_rest_is_mapped():
    compiled = mapping({"target": "pieces", "path": "$.n"}, {"target": "title", "path": "$.t"})
    found = compiled.run({"sev": "??", "n": "x", "t": "kept"})
    assert found.output == {"title": "kept"}
    assert [(problem.field, problem.rule) for problem in found.problems] == [
        ("severity", "codes"),
        ("pieces", "number"),
        ("number", "required"),
    ]
    assert found.problems[0].sentence == (
        "The code '??' in field severity is not mapped: code list 'severity' has no entry for it from system 'mes'."
    )


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_empty_text_are_no_value(nothing):
    found = mapping().run({"id": nothing, "sev": "MAJ"})
    assert found.problems[0].sentence == "The field number is required, and the source gives no value for it."


@pytest.mark.parametrize("odd", [[], [1], "text", 5, None])
def test_what_is_not_an_object_is_one_problem(odd):
    found = mapping().run(odd)
    assert [problem.rule for problem in found.problems] == ["document"]


@pytest.mark.req("M2.5")
def test_every_value_can_be_traced_to_rule_revision_and_source():
    compiled = mapping(
        {"target": "glucose", "path": "$.r.v", "unit": {"from_path": "$.r.u"}},
        {"target": "pieces", "path": "$.n", "default": 1},
    )
    found = compiled.run(document(r={"v": "51.255", "u": "mg/L"}))
    lines = {line.target: line for line in found.trace}
    assert set(lines) == set(found.output)
    line = lines["glucose"]
    assert (line.rule, line.revision, line.source) == (2, "1.2.0", ("$.r.v", "$.r.u"))
    assert line.raw == {"value": "51.255", "unit": "mg/L"}
    assert line.value == {"value": Decimal("5.13"), "unit": "mg/dL"}
    assert line.notes == ("converted and rounded from 51.255 mg/L to 5.13 mg/dL",)
    assert lines["severity"].notes == ("code 'MAJ' of mes is 'major'",)
    assert lines["pieces"].notes == ("default used: the source has no value",)
    dumps([line._asdict() for line in found.trace])


@pytest.mark.req("M2.4")
def test_a_loss_is_noted_with_the_raw_value():
    found = mapped({"target": "ratio", "path": "$.n"}, n=Decimal("0.98765"))
    line = next(line for line in found.trace if line.target == "ratio")
    assert (line.raw, line.value, line.notes) == (
        Decimal("0.98765"),
        Decimal("0.988"),
        ("rounded half_even from 0.98765 to 0.988",),
    )


def test_without_trace_the_output_is_the_same():
    compiled = mapping({"target": "ratio", "path": "$.n"})
    source = document(n=Decimal("0.98765"))
    assert compiled.run(source, trace=False).output == compiled.run(source).output
    assert compiled.run(source, trace=False).trace == ()


def test_a_retired_code_is_taken_and_noted():
    compiled = mapping({"target": "number", "path": "$.id"}, {"target": "severity", "path": "$.sev"}, required=False)
    found = compiled.run({"id": "1", "sev": "grave"})
    assert found.output["severity"] == "grave"
    assert found.trace[1].notes == ("code 'grave' is retired",)


def test_text_is_composed():
    found = mapped({"target": "title", "path": "$.t"}, t="Cafe\u0301")
    assert found.output["title"] == "Caf\u00e9"
    assert found.trace[-1].notes == ("letters composed (Unicode NFC)",)
