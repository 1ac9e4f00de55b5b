"""A mapping that is still being written: what a sample becomes, whether its test cases hold, what it would change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dictionary.contracts.validate import SchemaRefused, check
from dictionary.mapping import CompiledMapping, MappingRefused
from dictionary.mapping.cases import Outcome, tried
from dictionary.models import InterfaceControlDocument
from dictionary.selectors.mappings import Preview, document_of, drafted, indented, preview
from dictionary.values import json
from governance.changes.kinds import Content
from governance.errors import Refused

SHOWN = 5
TESTED = (20, 100, 500)  # how many of the newest messages a back-test runs over


@dataclass(frozen=True, slots=True)
class Trial:
    """``sentences`` keep the draft from being compiled; ``problem`` is what is wrong with the sample itself."""

    sentences: tuple[str, ...] = ()
    problem: str = ""
    preview: Preview | None = None
    contract: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    @property
    def failing(self) -> list[str]:
        return [sentence for outcome in self.outcomes for sentence in outcome.sentences]


@dataclass(frozen=True, slots=True)
class Differing:
    """What both make of one sample; the two are equal where the difference lies in what the sample masks."""

    before: str
    after: str

    @property
    def is_masked(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class BackTest:
    """``refused`` and ``mended``: how many are refused only by the draft, and only by the mapping in force.

    ``references`` are the first few that differ: they name messages and hold nothing of them.
    """

    count: int
    differing: int
    refused: int
    mended: int
    references: tuple[str, ...]


def trial(content: Content, sample: str, icds: Iterable[str] = ()) -> Trial:
    """Compile the draft, run the sample and every test case. Never raises for what a person writes."""
    try:
        mapping = drafted({**content, **{name: content.get(name) or name for name in ("key", "label")}})
    except MappingRefused as refused:
        return Trial(sentences=refused.sentences)
    outcomes = tuple(tried(mapping, _whole(content.get("cases"))))
    if not sample.strip():
        return Trial(outcomes=outcomes)
    try:
        document = document_of(sample)
        made = preview(mapping, sample)
    except Refused as refused:
        return Trial(problem=refused.sentence, outcomes=outcomes)
    return Trial(preview=made, contract=tuple(_broken(document, icds)), outcomes=outcomes)


def case_of(name: str, sample: str, made: Preview) -> Content:
    """A test case that holds what the draft makes of a sample now, refusals included."""
    refused = sorted({problem.field for problem in made.mapped.problems})
    return {
        "name": name,
        "sample": sample.strip(),
        "expected": indented(json.dumps(made.mapped.output)),
        **({"refused": refused} if refused else {}),
    }


def back_test(before: CompiledMapping, after: CompiledMapping, documents: Iterable[tuple[str, Any]]) -> BackTest:
    """Run both on real documents and count what comes out."""
    count = refused = mended = 0
    found: list[str] = []
    for reference, document in documents:
        count += 1
        old, new = before.run(document, trace=False), after.run(document, trace=False)
        refused += old.ok and not new.ok
        mended += new.ok and not old.ok
        if (old.output, old.ok) != (new.output, new.ok):
            found.append(reference)
    return BackTest(count, len(found), refused, mended, tuple(found[:SHOWN]))


def differing(before: CompiledMapping, after: CompiledMapping, sample: str) -> Differing:
    """What both make of a sample, as it may be shown. Raises Refused where it is no JSON."""
    return Differing(preview(before, sample).output, preview(after, sample).output)


def _broken(document: Any, icds: Iterable[str]) -> list[str]:
    """Sentences about the contracts that the sample would break before any mapping sees it."""
    found = []
    for icd in InterfaceControlDocument.objects.filter(key__in=set(icds), is_retired=False):
        try:
            broken = check(document, icd.content["schema"])
        except SchemaRefused as refused:
            found.append(f"{icd.key}: {refused}")
            continue
        found += [f"{icd.key}: {violation.sentence}" for violation in broken]
    return found


def _whole(cases: Any) -> list[Content]:
    """Those that can be run: a draft may hold anything."""
    return [one for one in cases if _is_whole(one)] if isinstance(cases, list) else []


def _is_whole(case: Any) -> bool:
    return isinstance(case, dict) and all(isinstance(case.get(name), str) for name in ("name", "sample", "expected"))
