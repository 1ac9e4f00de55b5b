"""When a change request may be signed at all: a sentence of its own for each stage in which nobody may."""

from __future__ import annotations

from governance.changes.deciding import rounds, standings
from governance.changes.told import stage_words
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState
from governance.signing.rules import NotOpen

NO_MORE = "nothing of it is signed any more"
OVER: dict[str, str] = {
    ChangeState.REJECTED: f"was rejected: {NO_MORE}",
    ChangeState.CANCELLED: f"was cancelled: {NO_MORE}",
    ChangeState.ROLLED_BACK: f"was rolled back: {NO_MORE}",
    ChangeState.CLOSED: f"is closed: {NO_MORE}",
    ChangeState.ON_HOLD: "is on hold: nothing of it is signed until somebody takes it off hold",
}


def check_open(request: ChangeRequest, subject: str) -> None:
    """Raises NotOpen where nobody may sign this subject now, whoever it is."""
    if why := _why_closed(request, subject):
        raise NotOpen(f"{request.number} {why}.", field="state", value=request.state, rule="a stage that is signed")


def _why_closed(request: ChangeRequest, subject: str) -> str:
    is_in_retrospect = subject == standings.PROPOSAL and stage_words.is_unapproved(request)
    if request.state in OVER and not is_in_retrospect:  # a rollback ends the force of an emergency, not its decision
        return OVER[request.state]
    if request.submitted_at is None:
        return _why_not_submitted(request)
    if subject == standings.PROPOSAL:
        return _why_not_decided(request)
    return ""


def _why_not_submitted(request: ChangeRequest) -> str:
    again = "is a draft again: it can be signed once it is submitted again"
    if not request.is_open_draft:
        return "came into force where no policy asked for a signature: there is nothing to sign"
    if request.stopped_because:
        return f"was stopped and {again}"
    if request.assessment:
        return f"was withdrawn and {again}"
    return "is an open draft: it can be signed once somebody has submitted it"


def _why_not_decided(request: ChangeRequest) -> str:
    """Neither a rollback nor an emergency is approved before its release."""
    if request.rolls_back_id is not None:
        return "is a rollback: what it restores was approved before, so that its release alone is signed"
    if rounds.rejection(request) is not None:
        is_past = request.state == ChangeState.ROLLED_BACK
        return f"was rejected in retrospect{', after it had been rolled back' if is_past else ''}: {NO_MORE}"
    if request.is_emergency and request.released_at is None:
        return "is an emergency: two persons release it first, and others review and approve it in retrospect"
    return ""
