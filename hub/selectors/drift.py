"""Drift: fields that arrive and that no rule names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hub.models import Drift
from hub.permissions import visible_interfaces
from hub.selectors.ordering import ordered


def of_interface(interface_key: str) -> QuerySet[Drift]:
    """The unknown paths of one interface, most frequent first. The caller has checked the right to see it."""
    return Drift.objects.filter(interface_key=interface_key).order_by("-count", "path")


def seen(user: Any) -> int:
    """How many unknown paths the user's interfaces have."""
    return Drift.objects.filter(interface_key__in=visible_interfaces(user).values("key")).count()


def of_user(
    user: Any, *, interface: str = "", path: str = "", before: UUID | None = None, order: str = ""
) -> QuerySet[Drift]:
    """The unknown paths of the user's interfaces, those that came up last first."""
    rows = Drift.objects.filter(interface_key__in=visible_interfaces(user).values("key"))
    rows = rows.filter(interface_key=interface) if interface else rows
    rows = rows.filter(path__icontains=path) if path else rows
    return ordered(rows, order, before)
