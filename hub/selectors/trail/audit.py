"""The audit trail as far as a person may read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from governance.models import AuditEvent, Person
from governance.permissions import holds_everywhere
from hub.permissions import visible_interfaces
from hub.selectors.ordering import ordered

# Subjects that say who works here, those that belong to one interface, and what somebody looks for.
OF_PEOPLE = ("person", "role", "service_account", "session")
NOT_FOR_ALL = (*OF_PEOPLE, "interface", "message", "delivery", "replay", "list", "view")

# Of changes: what names whatever they reach, and what names one object of them. An interface is for who may see it.
NAMES_WHAT_IS_REACHED = ("change.stopped",)
FOR_WHO_SEES_ALL = ("stopped_because",)  # fields that name whatever a change reaches
NAMES_AN_OBJECT = ("change.edited", "change.dropped", "change.dispositioned")


def events(
    user: Any,
    *,
    actor: str = "",
    subject: str = "",
    kind: str = "",
    text: str = "",
    interface: str = "",
    correlation_id: str = "",
    act: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    order: str = "",
) -> QuerySet[AuditEvent]:
    """Newest first; without the right to all of it: of one's interfaces and acts, and of what is governed."""
    rows = readable(user)
    rows = rows.filter(Q(actor__name__icontains=actor) | Q(actor_id=actor)) if actor else rows
    rows = rows.filter(Q(subject_id=subject) | Q(interface_key=subject)) if subject else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(interface_key=interface) if interface else rows
    rows = rows.filter(correlation_id=correlation_id) if correlation_id else rows
    rows = rows.filter(change_id=act) if act else rows
    rows = rows.filter(Q(sentence__icontains=text) | Q(reason__icontains=text) | Q(ticket=text)) if text else rows
    rows = rows.filter(recorded_at__gte=since) if since else rows
    rows = rows.filter(recorded_at__lt=until) if until else rows
    return ordered(rows, order, before)


def readable(user: Any) -> QuerySet[AuditEvent]:
    """What of the trail this person may read."""
    may_read_all = isinstance(user, Person) and holds_everywhere(user, "governance.view_auditevent")
    return AuditEvent.objects.all() if may_read_all else _readable(user)


def kinds(user: Any) -> list[str]:
    """The kinds of act that stand in what the user may read."""
    return sorted(readable(user).order_by().values_list("kind", flat=True).distinct())


def about(kind: str, key: str, *, limit: int = 10) -> QuerySet[AuditEvent]:
    """What happened to one object, and on an interface. The caller has checked the right to see it."""
    wanted = Q(subject_kind=kind, subject_id=key)
    if kind == "interface":
        wanted |= Q(interface_key=key)
    return AuditEvent.objects.filter(wanted).order_by("-id")[:limit]


def _readable(user: Any) -> QuerySet[AuditEvent]:
    visible = visible_interfaces(user).values("key")
    reads_register = holds_everywhere(user, "governance.view_system")
    governed = (
        Q(pk__isnull=not reads_register)
        & Q(interface_key="")
        & ~Q(subject_kind__in=NOT_FOR_ALL)
        & ~Q(kind__startswith="session.")
        & ~Q(kind__in=NAMES_WHAT_IS_REACHED)
        & ~Q(kind__in=NAMES_AN_OBJECT, facts__kind="interface")
    )
    named = visible.filter(key=KeyTextTransform("key", OuterRef("facts")))
    of_mine = Q(kind__in=NAMES_AN_OBJECT, facts__kind="interface") & Q(Exists(named))
    mine = Q(interface_key__in=visible) | Q(subject_kind="interface", subject_id__in=visible)
    mine |= Q(actor_id=str(user.pk)) & ~Q(kind__in=NAMES_WHAT_IS_REACHED)
    return AuditEvent.objects.filter(mine | governed | of_mine if isinstance(user, Person) else mine)
