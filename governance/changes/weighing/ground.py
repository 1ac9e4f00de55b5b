"""What a proposal is judged against: what is in force, and where nobody decided for that, what was decided for last.

Otherwise a new label on top of what was rejected would be signed as words, and release the rest with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from governance.changes import kinds
from governance.changes.deciding import rounds
from governance.changes.kinds import Content
from governance.changes.proposing.difference import Line
from governance.changes.weighing.risk import KINDS, worst
from governance.models import ChangeOperation, ChangeRequest, Revision

Known = dict[Any, bool]  # by change request: whether persons decided for it; asked once for many objects
Counts = Callable[[Revision, Known], bool]
_counts: list[Counts] = []  # of releases, which stand higher


def judge_by(counts: Counts) -> None:
    """Whether a revision counts as decided today: who answers that."""
    _counts[:] = [counts]


def under(base: Revision | None, known: Known) -> Revision | None:
    """The base, or the newest revision before it that counts; None where there is none."""
    found = base
    while found is not None and not _counts[0](found, known):
        found = found.base
    return found


def judged(name: str, base: Revision | None, content: Content | None, known: Known) -> tuple[str, list[Line]]:
    """The kind of a change and its difference: from what is in force, and from what was decided for last.

    It is the heavier of both, and shows beside what it changes what it keeps of that for which nobody decided.
    """
    kind, decided = kinds.get(name), under(base, known)
    old = base.content if base else None
    lines = kind.compare(old, content) if old else []
    found = kind.change_kind(old, content)
    if decided == base:
        return found, lines
    before = decided.content if decided else None
    own = {line["field"] for line in lines}
    kept = [line for line in kind.compare(before, content) if line["field"] not in own] if before else []
    return worst([found, kind.change_kind(before, content)], KINDS, "semantic"), [*lines, *kept]


def is_heavier_by_now(one: ChangeOperation, known: Known) -> bool:
    """Whether it is more than what it was decided on as, since what it was made from was rejected meanwhile.

    A signature that stopped counting below it does not ask for that: it was judged when this was proposed.
    """
    if one.base is None or one.change_kind == "semantic" or not _was_rejected(one.kind, one.key):
        return False
    return KINDS[judged(one.kind, one.base, one.content, known)[0]] > KINDS[one.change_kind]


def _was_rejected(kind: str, key: str) -> bool:
    """Whether any emergency that touched this object was rejected in retrospect: rare, and quick to know."""
    made = ChangeRequest.objects.filter(is_emergency=True, revisions__kind=kind, revisions__key=key)
    return any(rounds.rejection(one) is not None for one in made)
