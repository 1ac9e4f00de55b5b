"""What was refused at the doors, as far as a person may read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from governance.models import Refusal
from hub.permissions import visible_interfaces
from hub.selectors.ordering import ordered

ABOUT_INTERFACE = ("interface", "key")  # how doors name it


def refusals(
    user: Any,
    *,
    actor: str = "",
    act: str = "",
    status: str = "",
    subject: str = "",
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    order: str = "",
) -> QuerySet[Refusal]:
    """Newest first; without the right to all of them: one's own, and those about one's interfaces."""
    rows = readable(user)
    rows = rows.filter(Q(actor__name__icontains=actor) | Q(actor_id=actor)) if actor else rows
    rows = rows.filter(act=act) if act else rows
    rows = rows.filter(status=int(status)) if status else rows
    rows = rows.filter(subject_id=subject) if subject else rows
    rows = rows.filter(Q(sentence__icontains=text) | Q(rule__icontains=text)) if text else rows
    rows = rows.filter(recorded_at__gte=since) if since else rows
    rows = rows.filter(recorded_at__lt=until) if until else rows
    return ordered(rows, order, before)


def readable(user: Any) -> QuerySet[Refusal]:
    """What of the refusals this person may read."""
    if user.has_perm("governance.view_refusal"):
        return Refusal.objects.all()
    visible = visible_interfaces(user).values("key")
    about_mine = Q(subject_kind__in=ABOUT_INTERFACE, subject_id__in=visible)
    return Refusal.objects.filter(about_mine | Q(actor_id=str(user.pk)))


def acts(user: Any) -> list[str]:
    """The acts that stand in what the user may read."""
    return sorted(readable(user).order_by().values_list("act", flat=True).distinct())


def statuses(user: Any) -> list[int]:
    """The statuses that stand in what the user may read."""
    return sorted(readable(user).order_by().values_list("status", flat=True).distinct())
