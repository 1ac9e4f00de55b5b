"""Queues of change requests: what waits for whom. Each is a condition on the list that the user may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.changes.transitions import EMERGENCY, OVER, ROLLBACK
from governance.models import ChangeOperation, ChangeRequest
from governance.models.change_request import ChangeState

Queue = Callable[[Any], Q]
UNAPPROVED_PATHS = Q(path__in=(EMERGENCY, ROLLBACK))
UNDECIDED = ~Q(state__in=OVER) | Q(state=ChangeState.ROLLED_BACK, stopped_because="")  # an emergency in retrospect
SIGNED_BEFORE = (ChangeState.DRAFT, ChangeState.ASSESSED, ChangeState.PLANNED)


def mine(user: Any) -> Q:
    """Open requests that the user wrote or edited."""
    edited = ChangeOperation.history.filter(act_actor_id=str(user.pk)).values("change_id")
    return (Q(author__id=str(user.pk)) | Q(pk__in=edited)) & ~Q(state__in=[*OVER, ChangeState.RELEASED])


def to_decide(user: Any) -> Q:
    """Submitted, and waiting for a review, an approval or the word of an owner; an emergency after its release, rolled
    back or not.
    """
    before = Q(submitted_at__isnull=False, state__in=SIGNED_BEFORE) & ~UNAPPROVED_PATHS
    return before | (Q(retrospective_due_at__isnull=False, retrospective_done_at=None, stopped_because="") & UNDECIDED)


def to_release(user: Any) -> Q:
    """Approved, or released without that: somebody must still sign the release, or its time has to come."""
    approved = Q(state__in=(ChangeState.APPROVED, ChangeState.IMPLEMENTED, ChangeState.READY))
    return approved | (Q(submitted_at__isnull=False, state=ChangeState.DRAFT) & UNAPPROVED_PATHS)


def to_watch(user: Any) -> Q:
    """Released by signatures, and not closed: verification, effectiveness."""
    watched = Q(state__in=(ChangeState.VERIFIED, ChangeState.EFFECTIVENESS))
    return watched | Q(state=ChangeState.RELEASED, ordered_at__isnull=False)


def overdue(user: Any) -> Q:
    """An emergency without its approval in retrospect, or an effectiveness check whose day has passed."""
    now = timezone.now()
    retrospect = Q(retrospective_due_at__lt=now, retrospective_done_at=None) & UNDECIDED
    return retrospect | Q(state=ChangeState.EFFECTIVENESS, effectiveness_due_at__lt=now)


def stopped(user: Any) -> Q:
    """What was stopped on its way, and says why."""
    return ~Q(stopped_because="") & ~Q(state__in=OVER)


QUEUES: dict[str, tuple[str, Queue]] = {
    "mine": ("Mine", mine),
    "decide": ("To decide", to_decide),
    "release": ("To release", to_release),
    "watch": ("To watch", to_watch),
    "stopped": ("Stopped", stopped),
    "overdue": ("Overdue", overdue),
}


def narrowed(rows: QuerySet[ChangeRequest], queue: str, user: Any) -> QuerySet[ChangeRequest]:
    """The rows of one queue; all of them without one."""
    return rows.filter(QUEUES[queue][1](user)) if queue else rows


def counted(rows: QuerySet[ChangeRequest], user: Any) -> list[tuple[str, str, int]]:
    """(name, label, how many) of each queue."""
    return [(name, label, rows.filter(condition(user)).count()) for name, (label, condition) in QUEUES.items()]


def overdue_of(rows: QuerySet[ChangeRequest], user: Any) -> list[ChangeRequest]:
    """The first few that are overdue, the longest first."""
    return list(rows.filter(overdue(user)).order_by("retrospective_due_at", "effectiveness_due_at")[:5])
