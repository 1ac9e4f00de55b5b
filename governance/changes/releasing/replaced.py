"""An emergency that was rejected in retrospect, after others have replaced what it put in force: it is closed as that.

It cannot be rolled back any more, since that would undo what came later. The signature that closes it covers what came
in its place, and it stays what it is: rejected.
"""

from __future__ import annotations

from governance.changes import effective, kinds
from governance.changes.deciding import rounds
from governance.changes.releasing import restoring
from governance.changes.told import stage_words
from governance.errors import Refused
from governance.models import ChangeOperation, ChangeRequest, Revision

CLOSED_BECAUSE = "It was rejected in retrospect, and closed after {} had replaced what it put in force."


def is_rejected_in_force(request: ChangeRequest) -> bool:
    """Whether it was rejected in retrospect and never rolled back."""
    return request.state in stage_words.IN_FORCE and is_rejected(request)


def is_rejected(request: ChangeRequest) -> bool:
    return request.is_emergency and request.released_at is not None and rounds.rejection(request) is not None


def numbers(request: ChangeRequest) -> str:
    """The changes that replaced it: "CR-2026-0007 and CR-2026-0009"."""
    after = Revision.objects.filter(base__change=request).values_list("change__number", flat=True)
    *others, last = sorted(set(after)) or ["nothing"]
    return f"{', '.join(others)} and {last}" if others else last


def check_replaced(request: ChangeRequest) -> None:
    """Nothing of it is in force, and persons decided for what is. Raises Refused."""
    for one in request.operations.order_by("position"):
        held, named = effective.revision_of(one.kind, one.key), f"the {kinds.noun(one.kind)} {one.key!r}"
        if held is None or held.change_id == request.pk:
            _refuse(request, f"{named} is in force as it put it there: roll it back, or replace that by another change")
        elif _is_same_but_words(one, held):
            words = f"{held.change.number} only in words: what was rejected is still in force"
            _refuse(request, f"{named} was changed by {words}")
        elif not restoring.may_come_back(held) or _is_undecided(held):
            _refuse(request, f"{named} was replaced by {held.change.number}, which does not count as approved yet")


def _is_same_but_words(one: ChangeOperation, held: Revision) -> bool:
    return kinds.get(one.kind).change_kind(one.content, held.content) == "editorial"


def _is_undecided(held: Revision) -> bool:
    """Whether it is, or keeps the meaning of, an emergency on which others than its two have yet to decide."""
    at: Revision | None = held
    while at is not None:
        if stage_words.is_unapproved(at.change):
            return True
        at = restoring.kept_by(at)
    return False


def _refuse(request: ChangeRequest, because: str) -> None:
    raise Refused(
        f"{request.number} was rejected in retrospect, and {because}.",
        field="state",
        value=request.state,
        rule="replaced by what was decided on",
    )
