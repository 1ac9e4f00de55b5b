"""The audit trail as far as a person may read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from governance.models import AuditEvent
from hub.permissions import visible_interfaces

# Subjects that say who works here, and those that belong to one interface.
NOT_FOR_ALL = ("person", "service_account", "session", "interface", "message", "delivery", "replay")


def events(
    user: Any,
    *,
    actor: str = "",
    subject: str = "",
    kind: str = "",
    text: str = "",
    before: UUID | None = None,
) -> QuerySet[AuditEvent]:
    """Newest first; without the right to all of it: of one's interfaces and acts, and of what is governed."""
    rows = AuditEvent.objects.all() if user.has_perm("governance.view_auditevent") else _readable(user)
    rows = rows.filter(Q(actor__name__icontains=actor) | Q(actor_id=actor)) if actor else rows
    rows = rows.filter(Q(subject_id=subject) | Q(interface_key=subject)) if subject else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(Q(sentence__icontains=text) | Q(reason__icontains=text) | Q(ticket=text)) if text else rows
    rows = rows.filter(id__lt=before) if before else rows
    return rows.order_by("-id")


def kinds(user: Any) -> list[str]:
    """The kinds of act that stand in what the user may read."""
    rows = AuditEvent.objects.all() if user.has_perm("governance.view_auditevent") else _readable(user)
    return sorted(rows.order_by().values_list("kind", flat=True).distinct())


def about(kind: str, key: str, *, limit: int = 10) -> QuerySet[AuditEvent]:
    """What happened to one object. The caller has checked the right to see it."""
    return AuditEvent.objects.filter(subject_kind=kind, subject_id=key).order_by("-id")[:limit]


def as_filters(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of a query string, those that are set."""
    return {name: query[name].strip() for name in ("actor", "subject", "kind", "text") if query.get(name, "").strip()}


def _readable(user: Any) -> QuerySet[AuditEvent]:
    visible = visible_interfaces(user).values("key")
    governed = Q(interface_key="") & ~Q(subject_kind__in=NOT_FOR_ALL) & ~Q(kind__startswith="session.")
    mine = Q(interface_key__in=visible) | Q(subject_kind="interface", subject_id__in=visible)
    return AuditEvent.objects.filter(mine | governed | Q(actor_id=str(user.pk)))
