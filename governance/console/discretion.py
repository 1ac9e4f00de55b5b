"""What a proposal's sentences may tell: nothing of objects that their reader may not know of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from governance.changes.effective import referring_to
from governance.changes.kinds import Content, Kind, Reference
from governance.changes.operation import Operation
from governance.changes.proposing.checks import NEEDED_BY_SOMETHING, needed_by, unknown
from governance.changes.proposing.companions import HIDDEN
from governance.changes.told import telling
from governance.console.confirm import linked
from governance.errors import ContentRefused
from governance.selectors.proposals import Assessment


def told_of(user: Any, operations: Sequence[Operation], problems: Sequence[str]) -> list[str]:
    """What is wrong with these operations, with objects beside them that the user may not see unnamed."""
    return list(telling.as_told(user, operations, ContentRefused(telling.REFUSED, list(problems))).problems)


def obstacles(user: Any, reference: Reference, problems: Sequence[str]) -> list[str]:
    """Why an object cannot be retired, with what the user may not see unnamed."""
    users = {(one.kind, one.key) for one in referring_to(reference)}
    seen = {(one.kind, one.key) for one in linked(user, users)}
    hidden = {needed_by(*one) for one in users - seen}
    told = [problem for problem in problems if problem not in hidden]
    return [*told, *([NEEDED_BY_SOMETHING] if len(told) < len(problems) else [])]


def strangers(
    user: Any, kind: Kind, content: Content, base: Content | None, together: Sequence[Operation] = ()
) -> list[str]:
    """New references to what the user may not know of: they are answered like those that lead nowhere.

    The content is sound. What it referred to before stays allowed, seen or not, and what is made together with it.
    """
    made = {(one.kind, one.key) for one in together if one.content is not None}
    new = kind.references(content) - (kind.references(base) if base else set()) - made
    seen = {(one.kind, one.key) for one in linked(user, new)}
    return [unknown(*one) for one in sorted(new - seen)]


def beyond(user: Any, assessment: Assessment) -> list[str]:
    """Why the change cannot be this author's: what must go with it holds more than they may know of."""
    brought = {(one.operation.kind, one.operation.key) for one in assessment.brought}
    seen = {(one.kind, one.key) for one in linked(user, brought)}
    return [HIDDEN] if brought - seen else []
