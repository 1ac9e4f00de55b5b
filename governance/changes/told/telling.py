"""What sentences about a change request may tell their reader: no name of an object that they may not know of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, TypeVar

from governance.changes import effective, kinds
from governance.changes.deciding.voiding import GREW, named_in, without_names
from governance.changes.kinds import Reference
from governance.changes.operation import Operation
from governance.changes.proposing import contents
from governance.changes.proposing.checks import NEEDED_BY_SOMETHING, needed_by
from governance.changes.proposing.companions import HIDDEN
from governance.changes.visibility import known_of, sees_whole
from governance.errors import ContentRefused, Refused
from governance.models import ChangeRequest, EffectiveRevision

REFUSED = "This change cannot be accepted:"
Told = TypeVar("Told", bound=Refused)
Seen = Callable[[Collection[Reference]], set[Reference]]  # those of the objects that the reader may know of


def why_stopped(user: Any, request: ChangeRequest, sentence: str) -> str:
    """Why its approvals are void: with its names for who may know of all of them, else without any."""
    bare = without_names(sentence)
    if sentence == bare:
        return sentence
    if sentence.startswith(GREW):
        named = set(named_in(sentence))
        return sentence if named and known_of(user, named) == named else bare
    return sentence if sees_whole(user, request) and not _unseen_in(user, sentence) else bare


def check_sound(request: ChangeRequest, by: Any = None) -> None:
    """What the request changes still keeps every rule and stands on what is in force.

    Raises ContentRefused, BaseMoved or Refused, in words for ``by``; None is the hub itself, which is told everything.
    """
    operations = contents.as_operations(request)
    try:
        contents.checked(operations, request.number)
    except ContentRefused as refused:
        raise (refused if by is None else without_unseen(operations, refused, partial(known_of, by))) from None


def refusal(user: Any, request: ChangeRequest, refused: Refused) -> Refused:
    """The refusal of an act on this request, as this user may read it."""
    return as_told(user, contents.as_operations(request), refused)


def as_told(user: Any, operations: Sequence[Operation], refused: Told) -> Told:
    """The refusal of these operations, as this user may read it."""
    if not isinstance(refused, ContentRefused):
        return refused
    return without_unseen(operations, refused, partial(known_of, user))  # type: ignore[return-value]


def without_unseen(operations: Sequence[Operation], refused: ContentRefused, seen: Seen) -> ContentRefused:
    """The refusal, without the names of objects beside the change that its reader may not know of."""
    hidden: dict[str, str] = {}
    for one in operations:
        if one.content is None:
            users = {(row.kind, row.key) for row in effective.referring_to((one.kind, one.key))}
            start = f"{one.kind} {one.key}: "
            hidden |= {start + needed_by(*row): start + NEEDED_BY_SOMETHING for row in users - seen(users)}
    hidden |= _of_others(operations, refused.problems, seen)
    problems = list(dict.fromkeys(hidden.get(problem, problem) for problem in refused.problems))
    return ContentRefused(REFUSED, problems) if problems != refused.problems else refused


def _of_others(operations: Sequence[Operation], problems: Sequence[str], seen: Seen) -> dict[str, str]:
    """Problems of objects beside the change that the reader may not know of → what is said instead."""
    own = {f"{one.kind} {one.key}" for one in operations}
    heads = {problem: problem.partition(": ")[0] for problem in problems}
    others = {tuple(head.split(" ", 1)) for head in heads.values() if head not in own and " " in head}
    names = {kind.name for kind in kinds.each()}
    known = {(kind, key) for kind, key in others if kind in names}
    hidden = {f"{kind} {key}" for kind, key in known - seen(known)}
    return {problem: HIDDEN for problem, head in heads.items() if head in hidden}


def _unseen_in(user: Any, sentence: str) -> set[Reference]:
    """Objects in force whose key stands in the sentence, and of which the user may not know."""
    words = {one.strip(".,:;()'\"“”") for one in sentence.split()}
    named = set(EffectiveRevision.objects.filter(key__in=words).values_list("kind", "key"))
    return named - known_of(user, named)
