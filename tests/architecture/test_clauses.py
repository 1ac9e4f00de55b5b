"""The clause map is whole: every clause is answered or excluded, each capability exists and has tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.clauses import capabilities, regulations
from governance.clauses.loaded import read
from governance.clauses.tested import marked, results

pytestmark = [pytest.mark.req("B3")]
TESTS = Path(__file__).resolve().parents[1]
CLAUSES = [(one, clause) for one in regulations() for clause in one.clauses]
PART_11 = (  # every paragraph of subparts B and C
    *(f"11.10({letter})" for letter in "abcdefghijk"), "11.30", "11.50", "11.70",
    *(f"11.100({letter})" for letter in "abc"), *(f"11.200(a)({number})" for number in "123"), "11.200(b)",
    *(f"11.300({letter})" for letter in "abcde"),
)  # fmt: skip
ANNEX_11 = (
    *"123456",
    "7.1",
    "7.2",
    *map(str, range(8, 12)),
    *(f"12.{n}" for n in range(1, 5)),
    *map(str, range(13, 18)),
)


def test_every_clause_is_there_and_answered_or_excluded():
    part11, annex11 = regulations()
    assert tuple(one.number for one in part11.clauses) == PART_11
    assert tuple(one.number for one in annex11.clauses) == ANNEX_11
    assert [clause.number for _, clause in CLAUSES if not (clause.how or clause.excluded)] == []


def test_every_capability_that_a_clause_names_exists_and_has_tests():
    known, found = capabilities(), marked(TESTS)
    named = {name for _, clause in CLAUSES for name in clause.answers}
    assert named - known.keys() == set()
    assert [name for name in sorted(named) if not found.get(name)] == []


def test_every_mark_names_a_capability_of_the_product():
    assert set(marked(TESTS)) - capabilities().keys() == set()


@pytest.mark.parametrize(
    ("clauses", "sentence"),
    [
        ([{"number": "1", "asks": "x"}], "needs an answer"),
        ([{"number": "1", "asks": "x", "answers": ["B3"]}], "needs an answer"),
        ([{"number": "1", "asks": "x", "answers": ["B3"], "how": "y", "excluded": "z"}], "needs an answer"),
        ([{"number": "1", "asks": "x", "excluded": "z"}] * 2, "stands twice"),
    ],
)
def test_a_map_that_is_not_whole_is_refused(clauses, sentence):
    with pytest.raises(ValueError, match=sentence):
        read({"name": "n", "regulation": "R", "edition": "e", "version": "1", "clauses": clauses})


def test_marks_of_module_and_of_test_are_read(tmp_path):
    folder = tmp_path / "tests"
    folder.mkdir()
    text = 'pytestmark = [pytest.mark.req("B1")]\n@pytest.mark.req("B2")\ndef test_one(): ...\ndef test_two(): ...\n'
    (folder / "test_it.py").write_text(text)
    found = marked(folder)
    assert dict(found) == {
        "B1": ["tests/test_it.py::test_one", "tests/test_it.py::test_two"],
        "B2": ["tests/test_it.py::test_one"],
    }


def test_results_of_the_last_run_are_read(tmp_path):
    assert results(tmp_path).at is None
    folder = tmp_path / ".test-output" / "results"
    folder.mkdir(parents=True)
    named = '<properties><property name="req" value="B3"/></properties>'
    case = '<testcase classname="tests.a" name="{}">' + named + "{}</testcase>"
    cases = case.format("one", "") + case.format("two", "<failure/>") + case.format("three", "<skipped/>")
    (folder / "sqlite.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    (folder / "broken.xml").write_text("<testsuites>")
    found = results(tmp_path)
    assert found.unreadable == ("broken.xml",)
    assert found.counts("B3") == {"passed": 1, "failed": 1, "skipped": 1}
    assert found.counts("B4") == {"passed": 0, "failed": 0, "skipped": 0}
