"""Rollback: a forward release of what was in force before, drafted in one act and released by another person.

It needs no approval of its own: what it restores was approved and was in force. So nothing comes back that does not
count as approved, and approval policies are not rolled back. Neither who began it nor who had a hand in what failed can
sign it.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from governance.actors import actor_of
from governance.changes import effective, kinds, transitions
from governance.changes.choosing import policies, policies_stay
from governance.changes.operation import Operation
from governance.changes.propose import draft
from governance.changes.proposing import contents
from governance.changes.proposing.submission import risk_now
from governance.changes.releasing import ordering, restoring
from governance.changes.requests import locked
from governance.changes.transitions import ROLLBACK, SHORT
from governance.changes.weighing import reach
from governance.errors import BaseMoved, NotAllowed, Refused
from governance.guard.context import change
from governance.models import ChangeRequest, Revision
from governance.models.change_request import ChangeState
from governance.permissions import holds_everywhere

CAN_FAIL = (ChangeState.RELEASED, ChangeState.VERIFIED, ChangeState.EFFECTIVENESS)


def check_may_roll_back(request: ChangeRequest, by: Any) -> None:
    """It is in force and not closed, and the person may release."""
    if request.state not in CAN_FAIL:
        raise Refused(
            f"{request.number} is {ChangeState(request.state).in_words}: only what is released and not closed is "
            "rolled back. Propose a new change instead.",
            field="state",
            value=request.state,
            rule="released and not closed",
        )
    policies_stay.check_no_rollback(request.number, request.operations.all())
    if request.rollbacks.exclude(state__in=transitions.OVER).exists():
        raise Refused(f"A rollback of {request.number} is under way.", field="change", value=request.number)
    if not holds_everywhere(by, "governance.release_changerequest"):
        raise NotAllowed(
            "You may not roll changes back: that needs the right to release them.",
            field="right",
            value="governance.release_changerequest",
            rule="a role that has this right",
        )


def roll_back(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """The request that restores what was in force before; it waits for the signature of another person.

    Raises BaseMoved where somebody has changed one of the objects since.
    """
    with change(by=by, reason=reason, ticket=number):
        contents.queue_up()  # before the row, as everybody does: two never wait for each other
        failed = locked(number)
        check_may_roll_back(failed, by)
        operations = [_back(failed, one) for one in failed.operations.select_related("base").order_by("-position")]
        restoring.check_decided(failed)
        request = draft(
            operations=operations,
            title=f"Rollback of {number}: {failed.title}"[:200],
            by=by,
            reason=reason,
            rolls_back=failed,
        )
        _make_ready(request, by)
    return request


def _back(failed: ChangeRequest, one: Any) -> Operation:
    now = effective.revision_of(one.kind, one.key)
    if now is None or now.change_id != failed.pk:
        raise BaseMoved(
            f"The {kinds.noun(one.kind)} {one.key!r} was changed again since {failed.number}: it cannot go back "
            "without undoing that too. Propose a change from what is in force now.",
            field="key",
            value=one.key,
            rule=f"in force by {failed.number}",
        )
    return Operation(one.kind, one.key, one.base.content if one.base else None, base=now.version)


def _make_ready(request: ChangeRequest, by: Any) -> None:
    """It stands before its release at once, approved by nobody. Where nothing asks for signatures it is released."""
    request.assessment, request.path = {"submission": 1}, ROLLBACK
    impact = reach.look(request, "submit", is_basis=True)
    risk = risk_now(request, impact)
    request.assessment = {"submission": 1, **risk.as_facts()}
    request.change_kind, request.risk, request.policy = risk.change_kind, risk.level, "rollback"
    needed = policies.required(request.operations.all(), risk)
    request.requirement = {**needed, "path": SHORT, "steps": []} if needed else {}
    request.submitted_at, request.submitted_by = timezone.now(), actor_of(by).frozen()
    request.save()
    if needed is None:
        ordering.carry_out_at_once(request)


def restored(request: ChangeRequest) -> list[Revision]:
    """The revisions that a rollback brings back, for its page."""
    return [one.base.base for one in request.operations.select_related("base__base") if one.base and one.base.base]
