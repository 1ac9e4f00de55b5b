"""The stages around approval and release: plan, evidence, implementation, readiness, verification."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance import audit
from governance.changes import transitions
from governance.changes.deciding import voiding
from governance.changes.requests import check_may_draft, check_person, locked
from governance.changes.told import telling
from governance.changes.weighing import evidence, owners
from governance.changes.weighing.evidence import Piece
from governance.errors import NotAllowed, Refused
from governance.guard.context import change
from governance.models import ChangeEvidence, ChangeRequest
from governance.models.change_evidence import STATEMENT, Phase
from governance.models.change_request import ChangeState
from governance.permissions import holds_everywhere
from governance.text import check_text

EFFECTIVENESS_DAYS = 14


def plan(*, number: str, rollback: str, success: str, by: Any, reason: str) -> ChangeRequest:
    """How it is rolled back, and how anybody will know that it worked; both are part of what is approved."""
    for name, text in (("rollback", rollback), ("success", success)):
        check_text(text, name)
        if len(" ".join(text.split())) < 10:
            raise Refused(
                f"The {name} says too little: write a sentence.", field=name, value=text[:60], rule="a sentence"
            )
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_may_draft(by, request)
        transitions.check_next(request, ChangeState.PLANNED, "be planned")
        owners.check_disposed(request)
        transitions.move(
            request, ChangeState.PLANNED, rollback_plan=rollback.strip(), success_criterion=success.strip()
        )
        audit.record("change.planned", subject=("change", number))
    return request


def attach(*, number: str, title: str, text: str, by: Any, reason: str) -> ChangeEvidence:
    """A person's own evidence; it counts for the stage in which the change stands."""
    for name, words in (("title", title), ("text", text)):
        check_text(words, name)
    return attach_found(number=number, piece=Piece(STATEMENT, title, None, {"text": text}), by=by, reason=reason)


def attach_found(*, number: str, piece: Piece, by: Any, reason: str) -> ChangeEvidence:
    """What the hub found out when a person asked, such as what depends on a field."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_may_draft(by, request)
        phase = phase_of(request)
        if phase is None:
            raise Refused(
                f"{number} is {ChangeState(request.state).in_words}: nothing can be attached to it now.",
                field="state",
                value=request.state,
                rule="an open draft, or a stage that asks for evidence",
            )
        return evidence.attach(request, piece, phase, by)


def phase_of(request: ChangeRequest) -> str | None:
    """What evidence that is attached now is of; None where the change takes none, since it is signed already."""
    phase = PHASE_IN.get(request.state)
    is_submitted = phase == Phase.PROPOSAL and request.submitted_at is not None
    is_ordered = phase == Phase.IMPLEMENTATION and request.ordered_at is not None
    return None if is_submitted or is_ordered else phase


PHASE_IN: dict[str, str] = {
    ChangeState.DRAFT: Phase.PROPOSAL,
    ChangeState.APPROVED: Phase.IMPLEMENTATION,
    ChangeState.IMPLEMENTED: Phase.IMPLEMENTATION,
    ChangeState.RELEASED: Phase.VERIFICATION,
    ChangeState.VERIFIED: Phase.EFFECTIVENESS,
    ChangeState.EFFECTIVENESS: Phase.EFFECTIVENESS,
}


def implement(*, number: str, text: str, by: Any) -> ChangeRequest:
    """What was done outside the hub (the other end, training), as evidence; the impact is looked at again."""
    with change(by=by, reason=text, ticket=number):
        request = locked(number)
        check_may_draft(by, request)
        transitions.check_next(request, ChangeState.IMPLEMENTED, "be implemented")
        if voiding.void_if_grown(request, "implement"):
            return request
        evidence.attach(request, Piece(STATEMENT, "Implementation", None, {"text": text}), Phase.IMPLEMENTATION, by)
        transitions.move(request, ChangeState.IMPLEMENTED)
        audit.record("change.implemented", subject=("change", number))
    return request


def make_ready(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """Everything that a release needs holds now: content, bases, evidence that did not fail."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_may_draft(by, request)
        transitions.check_next(request, ChangeState.READY, "be ready")
        telling.check_sound(request, by)
        check_evidence(request)
        transitions.move(request, ChangeState.READY)
        audit.record("change.ready", subject=("change", number))
    return request


def check_evidence(request: ChangeRequest) -> None:
    """No piece of evidence says that the change is wrong."""
    if failed := [one.title for one in evidence.of(request) if one.is_passed is False]:
        named = ", ".join(failed)
        raise Refused(
            f"{request.number} has evidence that failed: {named}.", field="evidence", value=named, rule="passed"
        )


def verify(*, number: str, text: str, by: Any) -> ChangeRequest:
    """Somebody who did not write the change saw that it works as it was approved."""
    with change(by=by, reason=text, ticket=number):
        request = locked(number)
        check_person(by, "verify a change")
        check_verifier(request, by)
        transitions.check_next(request, ChangeState.VERIFIED, "be verified")
        evidence.attach(request, Piece(STATEMENT, "Verification", None, {"text": text}), Phase.VERIFICATION, by)
        due = timezone.now() + timedelta(days=EFFECTIVENESS_DAYS)
        transitions.move(request, ChangeState.VERIFIED)
        audit.record("change.verified", subject=("change", number))
        if ChangeState.EFFECTIVENESS in transitions.PATHS[request.path]:
            transitions.move(request, ChangeState.EFFECTIVENESS, effectiveness_due_at=due)
    return request


def check_verifier(request: ChangeRequest, by: Any) -> None:
    """Another one than who wrote it, with the right to review, approve or release."""
    owners.check_no_hand(request, by, "verify this")
    rights = (*owners.MAY_DISPOSE, "governance.release_changerequest")
    if not any(holds_everywhere(by, right) for right in rights):
        raise NotAllowed(
            "You may not verify changes: that needs the right to review, to approve or to release.",
            field="right",
            value=rights[0],
            rule="a role that has this right",
        )
