"""What the signatures of a change request bring about: approval, rejection, closure. In the signature's transaction."""

from __future__ import annotations

from django.utils import timezone

from governance import audit
from governance.changes import transitions
from governance.changes.choosing import policies
from governance.changes.releasing import replaced
from governance.changes.weighing import evidence
from governance.errors import Refused
from governance.guard.context import current
from governance.models import ChangeRequest
from governance.models.change_evidence import Phase
from governance.models.change_request import ChangeState

REJECTED = "It was rejected in retrospect: roll it back, or close it once others have replaced what it put in force."
REJECTED_AFTER_ROLLBACK = "It was rejected in retrospect, after it had been rolled back."
ROLLED_BACK_AFTER_REJECTION = "It was rejected in retrospect, and rolled back after that."


def approve(request: ChangeRequest) -> None:
    """Every step of its policies is signed. After an emergency this is the approval in retrospect."""
    if request.released_at is not None:
        request.retrospective_done_at = timezone.now()
        request.save()
        audit.record("change.retrospect", subject=("change", request.number))
        return
    transitions.move(request, ChangeState.APPROVED, stopped_because="")
    audit.record("change.approved", subject=("change", request.number))


def reject(request: ChangeRequest) -> None:
    """What is in force stays in force. What an emergency has released must be rolled back, and says so."""
    if request.released_at is not None:
        is_past = request.state == ChangeState.ROLLED_BACK
        request.stopped_because = REJECTED_AFTER_ROLLBACK if is_past else REJECTED
        request.save()
    else:
        transitions.move(request, ChangeState.REJECTED, requirement=policies.asked_of(request))
    audit.record("change.rejected", subject=("change", request.number))


def check_may_be_closed(request: ChangeRequest) -> None:
    """It stands before its end, was seen to work, and an emergency was approved in retrospect. One that was rejected
    there is closed once others have replaced it.
    """
    if replaced.is_rejected_in_force(request):
        replaced.check_replaced(request)
        return
    transitions.check_next(request, ChangeState.CLOSED, "be closed")
    if request.is_emergency and request.retrospective_done_at is None:
        raise Refused(
            f"{request.number} was an emergency: it needs its approval in retrospect before it is closed.",
            field="state",
            value=request.state,
            rule="approved in retrospect",
        )
    if request.state == ChangeState.EFFECTIVENESS and not evidence.of(request, Phase.EFFECTIVENESS):
        raise Refused(
            f"Nobody has written down whether {request.number} did what it should: attach that first.",
            field="evidence",
            rule="evidence of the effectiveness",
        )


def close(request: ChangeRequest) -> None:
    more = {"closed_at": timezone.now(), "closed_by": current().by.frozen()}
    if replaced.is_rejected_in_force(request):
        more["stopped_because"] = replaced.CLOSED_BECAUSE.format(replaced.numbers(request))
    transitions.move(request, ChangeState.CLOSED, **more)
    audit.record("change.closed", subject=("change", request.number))
