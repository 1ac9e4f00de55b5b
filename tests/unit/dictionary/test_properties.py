"""Whatever arrives: a mapping gives problems, never an exception, and the same answer twice."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dictionary.values.json import dumps

from .example import mapping

pytestmark = [pytest.mark.req("B4"), pytest.mark.req("M2.3")]

RULES = (
    {"target": "title", "path": "$.a"},
    {"target": "glucose", "path": "$.b", "unit": {"from_path": "$.c"}},
    {"target": "detected_at", "path": "$.d", "date": {"zone": "Europe/Berlin"}},
    {"target": "due_on", "path": "$.e", "date": {"format": "%d/%m/%Y"}},
    {"target": "pieces", "path": "$.f", "number": {"decimal": ",", "group": "."}, "default": 0},
    {"target": "ratio", "path": "$.a.b[0]"},
    {"target": "is_gmp", "path": "$.f", "when": "f == true || has(doc.b)"},
    {"target": "lot", "concat": {"parts": ["$.a", "-", "$.f"]}},
    {"target": "tags", "path": "$.b[*].t"},
)
COMPILED = mapping(*RULES, ignored_paths=["$.z"])
ODD = st.sampled_from(
    [
        "",
        " ",
        "NaN",
        "1e400",
        "-0",
        "1,5",
        "1.234,5",
        "03/04/2025",
        "2025-03-30T02:30:00",
        "mg/dL",
        "mmol/L",
        "Cel",
        "\ud800",
        "MAJ",
        "9" * 500,
        "0001-01-01T00:00:00Z",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.text(max_size=12) | ODD
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abtu"), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["id", "sev", "a", "b", "c", "d", "e", "f", "z", "other", "odd name"])


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, VALUES))
def test_any_document_is_mapped_or_explained(document):
    first, second = COMPILED.run(document), COMPILED.run(document)
    assert first.output == second.output
    assert first.unread == second.unread
    assert [problem.sentence for problem in first.problems] == [problem.sentence for problem in second.problems]
    assert dumps(first.output) == dumps(second.output)
    assert {"number", "severity"} <= first.output.keys() | {problem.field for problem in first.problems}
    assert {line.target for line in first.trace} == first.output.keys()


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, VALUES))
def test_every_field_is_read_ignored_or_drift(document):
    found = COMPILED.run(document)
    assert all(path.startswith("$.z") for path in found.ignored)
    for name in ("other", "odd name"):
        if name in document:
            assert any(name in path for path in found.unread)


def test_a_very_deep_document_is_no_crash():
    deep: dict = {}
    for _ in range(5_000):
        deep = {"a": deep}
    found = COMPILED.run({"id": "1", "sev": "MAJ", "other": deep})
    assert found.output["number"] == "1"
    assert found.unread == ("$ (nested too deeply to be walked)",)
