"""What a candidate shows of itself when it is submitted: golden vectors of a mapping, and runs over real messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dictionary.console import samples
from dictionary.kinds import compile_with
from dictionary.mapping import CompiledMapping, MappingRefused
from dictionary.mapping.cases import tried
from dictionary.selectors import drafts
from governance.changes.effective import Snapshot, WithOperations
from governance.changes.kinds import Content, Effective
from governance.changes.weighing.evidence import Piece, gathered_by
from governance.models import ChangeOperation

READ_BY_MAPPINGS = ("code_list", "element", "entity")
LAST = 1000  # of the newest real messages; each is opened, and mapped twice


def connect() -> None:
    gathered_by("mapping", golden_vectors, gives="golden_vectors")
    gathered_by("mapping", back_test, gives="back_test")
    for kind in READ_BY_MAPPINGS:
        gathered_by(kind, back_test_of_mappings, gives="back_test")


def golden_vectors(operation: ChangeOperation, by: Any) -> Iterator[Piece]:
    """Every test case of the candidate, with what it says."""
    content = operation.content
    if content is None or not content.get("cases"):
        return
    outcomes = tried(_candidate(operation), content["cases"])
    sentences = [sentence for outcome in outcomes for sentence in outcome.sentences]
    facts = {"mapping": operation.key, "count": len(content["cases"]), "sentences": sentences}
    count = len(content["cases"])
    yield Piece(
        "golden_vectors", f"{count} golden vector{'s' if count > 1 else ''} of {operation.key}", not sentences, facts
    )


def back_test(operation: ChangeOperation, by: Any) -> Iterator[Piece]:
    """How many of the last messages that this person may read come out otherwise than by the mapping in force."""
    old = operation.base.content if operation.base else None
    if operation.content is None or old is None:
        return
    documents = samples.several(by, operation.key, operation.content.get("direction", "to_canonical"), LAST)
    before = compile_with(old, WithOperations({}), revision=operation.base.version)  # type: ignore[union-attr]
    found = drafts.back_test(before, _candidate(operation), documents)
    title = _title(found.count, found.differing, f"by {operation.key}")
    facts = {
        "mapping": operation.key,
        "count": found.count,
        "differing": found.differing,
        "refused": found.refused,
        "mended": found.mended,
        "examples": list(found.references),
    }
    yield Piece("back_test", title, None, facts)


def back_test_of_mappings(operation: ChangeOperation, by: Any) -> Iterator[Piece]:
    """The same for every mapping that reads this list, element or entity and is not itself changed.

    They are counted, not named: not every reader of the change may know of them.
    """
    if operation.content is None or operation.base is None:
        return
    after, now = _after(operation), Snapshot({})
    using = [key for key in now.keys("mapping") if (operation.kind, operation.key) in now.reach(("mapping", key))]
    own = set(operation.change.operations.filter(kind="mapping").values_list("key", flat=True))
    found = [_run(now.content("mapping", key) or {}, after, by, LAST // len(using)) for key in using if key not in own]
    if not found:
        return
    facts = {
        operation.kind: operation.key,
        "mappings": len(found),
        **{name: sum(getattr(one, name) for one in found) for name in ("count", "differing", "refused", "mended")},
        "examples": [reference for one in found for reference in one.references][: drafts.SHOWN],
    }
    title = _title(facts["count"], facts["differing"], f"with {operation.key}")
    yield Piece("back_test", title, None, facts)


def _title(count: int, differing: int, how: str) -> str:
    if not count:
        return f"No real message could be tried {how}"
    return f"{differing} of {count} real messages come out otherwise {how}"


def _run(content: Content, after: Effective, by: Any, last: int) -> drafts.BackTest:
    """One mapping in force, with what it reads as it is and as it will be."""
    documents = samples.several(by, content["key"], content.get("direction", "to_canonical"), last)
    try:
        then = compile_with({**content, "cases": []}, after)
    except MappingRefused:  # what it needs goes with this change; the proposal itself is refused for that
        return drafts.BackTest(len(documents), len(documents), len(documents), 0, ())
    return drafts.back_test(compile_with(content, WithOperations({})), then, documents)


def _candidate(operation: ChangeOperation) -> CompiledMapping:
    """Compiled with everything else that the change brings."""
    return compile_with({**(operation.content or {}), "cases": []}, _after(operation))


def _after(operation: ChangeOperation) -> Effective:
    """What is in force once the whole change is released."""
    rows = operation.change.operations.all()
    return WithOperations({(one.kind, one.key): one.content for one in rows})
