"""What the refusal of a proposal may tell: nothing of objects that its reader may not know of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from governance.api import collections
from governance.changes import Operation, effective, kinds
from governance.changes.checks import NEEDED_BY_SOMETHING, needed_by, unknown
from governance.changes.kinds import Reference
from governance.errors import ContentRefused

REFUSED = "This change cannot be accepted:"


def check_known(user: Any, operations: Sequence[Operation]) -> None:
    """New references to what the user may not know of are answered like those that lead nowhere.

    What is made in the same change is known, and what the object referred to before stays allowed, seen or not.
    """
    made = {(one.kind, one.key) for one in operations if one.content is not None}
    strange = [(one, found) for one in operations for found in sorted(_new(one) - made)]
    seen = _seen(user, {found for _, found in strange})
    problems = [f"{one.kind} {one.key}: {unknown(*found)}" for one, found in strange if found not in seen]
    if problems:
        raise ContentRefused(REFUSED, problems)


def told(user: Any, operations: Sequence[Operation], refused: ContentRefused) -> ContentRefused:
    """The refusal, without the names of what keeps an object from being retired and is not for this user."""
    hidden: dict[str, str] = {}
    for one in operations:
        if one.content is None:
            users = {(row.kind, row.key) for row in effective.referring_to((one.kind, one.key))}
            start = f"{one.kind} {one.key}: "
            hidden |= {start + needed_by(*row): start + NEEDED_BY_SOMETHING for row in users - _seen(user, users)}
    problems = list(dict.fromkeys(hidden.get(problem, problem) for problem in refused.problems))
    return ContentRefused(REFUSED, problems) if problems != refused.problems else refused


def _new(one: Operation) -> set[Reference]:
    """What the content refers to, and what is in force does not; nothing of a content that breaks its own rules."""
    kind = kinds.get(one.kind)
    if one.content is None or kind.validate(one.content):
        return set()
    base = effective.revision_of(one.kind, one.key)
    return set(kind.references(one.content)) - set(kind.references(base.content) if base and base.content else ())


def _seen(user: Any, references: Collection[Reference]) -> set[Reference]:
    """Those that the user may know of: one query a kind."""
    keys: dict[str, list[str]] = {}
    for kind, key in references:
        keys.setdefault(kind, []).append(key)
    return {
        (kind, key)
        for kind, wanted in keys.items()
        for key in collections.of(kind).visible(user).filter(key__in=wanted).values_list("key", flat=True)
    }
