"""The clause map beside the tests that answer it: the trace matrix of the product."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from governance.clauses import Capability, Clause, Regulation, capabilities, regulations
from governance.clauses.tested import Results, marked, results

ROOT = Path(settings.BASE_DIR)


@dataclass(frozen=True, slots=True)
class Traced:
    """One capability with the tests that name it and what became of them in the last run."""

    capability: Capability
    tests: tuple[str, ...]
    passed: int
    failed: int
    skipped: int

    @property
    def word(self) -> str:
        """What the last run says of it."""
        if self.failed:
            return "failed"
        return "passed" if self.passed else "not run"

    @property
    def files(self) -> list[tuple[str, list[str]]]:
        """(file, names of its tests without the "test" before them)."""
        found: dict[str, list[str]] = {}
        for one in self.tests:
            file, _, name = one.partition("::")
            found.setdefault(file, []).append(name.removeprefix("test_"))
        return list(found.items())

    @property
    def tone(self) -> str:
        return {"failed": "bad", "passed": "ok", "not run": "mute"}[self.word]


@dataclass(frozen=True, slots=True)
class Matrix:
    """``regulations`` are (regulation, [(clause, what answers it)]); ``has_tests``: tests are shipped here."""

    traced: dict[str, Traced]
    regulations: tuple[tuple[Regulation, tuple[tuple[Clause, tuple[Traced, ...]], ...]], ...]
    results: Results
    has_tests: bool

    @property
    def sentence(self) -> str:
        """What is known of the tests' results."""
        if self.results.at is None:
            return "There are no test results here: run `make test` in this folder, then print again."
        found = self.results.counts()
        said = ", ".join(f"{count} {word}" for word, count in found.items())
        return f"Last results of {self.results.at:%Y-%m-%d %H:%M} UTC: {said}."


def matrix(root: Path = ROOT) -> Matrix:
    """From the files of this installation: marks in tests/, results that a run of the tests has left."""
    found, last = marked(root / "tests"), results(root)
    traced = {one.id: _traced(one, tuple(found.get(one.id, ())), last) for one in capabilities().values()}
    clauses = tuple(
        (one, tuple((each, tuple(traced[name] for name in each.answers)) for each in one.clauses))
        for one in regulations()
    )
    return Matrix(traced, clauses, last, has_tests=bool(found))


def _traced(capability: Capability, tests: tuple[str, ...], last: Results) -> Traced:
    return Traced(capability, tests, **last.counts(capability.id))
