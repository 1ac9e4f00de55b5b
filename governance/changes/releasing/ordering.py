"""Release: signed by a person for a time, carried out at that time, or stopped where anything moved meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.utils import timezone

from governance import audit
from governance.actors import Actor
from governance.changes import stages, transitions
from governance.changes.choosing import policies, policies_stay
from governance.changes.deciding import outcome, standings, uncounted, voiding
from governance.changes.proposing import contents
from governance.changes.releasing import restoring
from governance.changes.releasing.release import release
from governance.changes.requests import check_person, locked
from governance.changes.told import telling
from governance.errors import NotAllowed, Refused
from governance.guard.context import change, current
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState
from governance.permissions import holds_everywhere

log = structlog.get_logger(__name__)

SCHEDULER = Actor(kind="system", id="scheduler", name="Release scheduler")
RETROSPECT_WORKING_DAYS = 2
FURTHEST = timedelta(days=366)
ANOTHER = "each signature by another person, none by who had a hand in it"


def set_time(*, number: str, at: datetime | None, by: Any, reason: str) -> ChangeRequest:
    """When the release takes effect; None is at once. It is part of what is signed, so it is set before."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_person(by, "set the time of a release")
        if not holds_everywhere(by, standings.RELEASE_RIGHT):
            raise NotAllowed("You may not release changes.", field="right", value=standings.RELEASE_RIGHT)
        check_may_be_released(request, by)
        if at is not None and not timezone.now() < at < timezone.now() + FURTHEST:
            raise Refused(
                f"The time {at:%Y-%m-%d %H:%M} UTC lies in the past or more than a year ahead.",
                field="at",
                value=f"{at:%Y-%m-%dT%H:%MZ}",
                rule="in the future",
            )
        request.effective_at = at
        request.save()
    return request


def check_time_to_come(request: ChangeRequest) -> None:
    """Nobody signs that it takes effect at a time that has passed."""
    if request.effective_at is not None and request.effective_at <= timezone.now():
        raise Refused(
            f"The time that was set for {request.number}, {request.effective_at:%Y-%m-%d %H:%M} UTC, has passed: set "
            "another one, or none.",
            field="effective_at",
            value=f"{request.effective_at:%Y-%m-%dT%H:%MZ}",
            rule="in the future",
        )


def check_may_be_released(request: ChangeRequest, by: Any) -> None:
    """It stands before its release, nothing moved, no evidence failed, and its approvals count today.

    Refusals are in words for ``by``.
    """
    if request.ordered_at is not None:
        raise Refused(f"The release of {request.number} is signed already.", field="state", value=request.state)
    if request.submitted_at is None:  # its path is not known yet, nor what its policies ask for
        raise Refused(
            f"{request.number} is an open draft: nobody has submitted it, so nobody has approved it.",
            field="state",
            value=request.state,
            rule="submitted",
        )
    transitions.check_next(request, ChangeState.RELEASED, "be released")
    check_still_holds(request, by)


def check_still_holds(request: ChangeRequest, by: Any = None) -> None:
    """Content, bases, evidence, impact and approvals, all as they are at this moment."""
    telling.check_sound(request, by)
    policies_stay.check(request)
    if request.rolls_back is not None:
        restoring.check_decided(request.rolls_back)
    stages.check_evidence(request)
    voiding.check_still_decided(request)
    if not request.is_emergency and request.rolls_back is None:
        _check_approved(request)


def _check_approved(request: ChangeRequest) -> None:
    now = standings.standing(request, standings.PROPOSAL)
    if because := uncounted.sentence(request, standings.PROPOSAL, now):
        raise Refused(because, field="approvals", rule=ANOTHER)
    if not now.is_complete:
        raise Refused(
            f"The approvals of {request.number} do not cover what it holds now: they are void.",
            field="approvals",
            rule="approvals of this very content",
        )


def _check_signed(request: ChangeRequest) -> None:
    """That a release was ordered is a column; that persons signed it, for what it holds now, is asked again."""
    now = standings.standing(request, standings.RELEASE)
    if because := uncounted.sentence(request, standings.RELEASE, now):
        raise Refused(because, field="release", rule=ANOTHER)
    if not now.is_complete:
        raise Refused(
            f"The release signature of {request.number} does not cover what it holds now: it is void.",
            field="release",
            rule="a release signature of this very content",
        )


def order(request: ChangeRequest) -> None:
    """The release is signed, in that transaction: carried out now, or by the scheduler at its time."""
    now = timezone.now()
    request.requirement, request.stopped_because = policies.asked_of(request), ""
    request.ordered_at, request.ordered_by = now, current().by.frozen()
    at = request.effective_at or now
    request.save()
    audit.record("change.ordered", subject=("change", request.number), at=f"{at:%Y-%m-%d %H:%M} UTC")
    if at <= now:
        _carry_out(request)


def release_due(now: datetime | None = None) -> list[str]:
    """The scheduler's turn: every signed release whose time has come, each in its own transaction. Numbers."""
    due = ChangeRequest.objects.filter(
        ordered_at__isnull=False, released_at=None, effective_at__lte=now or timezone.now(), state__in=WAITING
    )
    numbers = list(due.order_by("effective_at", "number").values_list("number", flat=True))
    failed: list[Exception] = []
    for number in numbers:
        try:
            carry_out(number)
        except Refused as refused:  # raised while it was applied, and undone: it is stopped with that sentence
            _stop(number, refused.sentence)
        except Exception as error:  # one that fails keeps no other from its time
            log.exception("change.release_failed", number=number)
            failed.append(error)
    if failed:
        raise failed[0]
    return numbers


WAITING = (ChangeState.DRAFT, ChangeState.APPROVED, ChangeState.READY)  # drafts: emergencies and rollbacks


def carry_out(number: str) -> ChangeRequest:
    """One signed release: checked again under the lock, then whole or not at all."""
    with change(by=SCHEDULER, reason="The time of a signed release has come", ticket=number, source="scheduler"):
        contents.queue_up()
        request = locked(number)
        if request.ordered_at is None or request.state not in WAITING:
            return request  # another process was first, or it was held
        if voiding.void_if_grown(request, "release"):
            log.warning("change.stopped", number=number)
            return request
        try:
            check_still_holds(request)
            _check_signed(request)
        except Refused as refused:
            voiding.stop(request, refused.sentence)
            return request
        _carry_out(request)
    return request


def carry_out_at_once(request: ChangeRequest) -> None:
    """Where no policy asks for a signature: in the transaction of the act."""
    request.ordered_at, request.ordered_by = timezone.now(), current().by.frozen()
    _carry_out(request)


def _carry_out(request: ChangeRequest) -> None:
    late = working_days_after(timezone.now(), RETROSPECT_WORKING_DAYS) if request.is_emergency else None
    release(change_request=request, by=current().by, released_by=request.ordered_by, retrospective_due_at=late)
    if request.rolls_back is not None:
        _mark_rolled_back(request.rolls_back.number, request.number)
    if request.path in (transitions.SHORT, transitions.ROLLBACK):
        outcome.close(request)


def _mark_rolled_back(failed: str, rollback: str) -> None:
    request = locked(failed)
    is_rejected = request.is_emergency and bool(request.stopped_because)
    more = {"stopped_because": outcome.ROLLED_BACK_AFTER_REJECTION} if is_rejected else {}
    transitions.move(request, ChangeState.ROLLED_BACK, **more)
    audit.record("change.rolled_back", subject=("change", failed), rollback=rollback)


def _stop(number: str, because: str) -> None:
    with change(by=SCHEDULER, reason="A signed release could not be carried out", ticket=number, source="scheduler"):
        request = locked(number)
        if request.ordered_at is not None and request.state in WAITING:
            voiding.stop(request, because)


def working_days_after(moment: datetime, days: int) -> datetime:
    """The same time of day, so many working days (Monday to Friday) later."""
    found = moment
    while days:
        found += timedelta(days=1)
        days -= found.weekday() < 5
    return found
