"""What the refusal of a proposal may tell: nothing of objects that its reader may not know of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from governance.changes import Operation, effective, kinds
from governance.changes.kinds import Reference
from governance.changes.proposing.checks import unknown
from governance.changes.proposing.companions import HIDDEN
from governance.changes.told.telling import REFUSED, without_unseen
from governance.changes.visibility import known_of
from governance.errors import ContentRefused


def check_known(user: Any, operations: Sequence[Operation]) -> None:
    """New references to what the user may not know of are answered like those that lead nowhere.

    What is made in the same change is known, and what the object referred to before stays allowed, seen or not.
    """
    made = {(one.kind, one.key) for one in operations if one.content is not None}
    strange = [(one, found) for one in operations for found in sorted(_new(one) - made)]
    seen = known_of(user, {found for _, found in strange})
    problems = [f"{one.kind} {one.key}: {unknown(*found)}" for one, found in strange if found not in seen]
    if problems:
        raise ContentRefused(REFUSED, problems)


def told(user: Any, operations: Sequence[Operation], refused: ContentRefused) -> ContentRefused:
    """The refusal, without the names of objects beside the change that this user may not know of."""
    return without_unseen(operations, refused, lambda references: known_of(user, references))


def check_companions(user: Any, brought: Sequence[Operation]) -> None:
    """What the hub brings along becomes part of the author's own change: they must be able to know of all of it."""
    references = {(one.kind, one.key) for one in brought}
    if references - known_of(user, references):
        raise ContentRefused(REFUSED, [HIDDEN])


def _new(one: Operation) -> set[Reference]:
    """What the content refers to, and what is in force does not; nothing of a content that breaks its own rules."""
    kind = kinds.get(one.kind)
    if one.content is None or kind.validate(one.content):
        return set()
    base = effective.revision_of(one.kind, one.key)
    return set(kind.references(one.content)) - set(kind.references(base.content) if base and base.content else ())
