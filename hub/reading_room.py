"""Rooms of what belongs to interfaces: only those of them that the person may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest

from governance.reading.room import ReadingRoom
from hub.models import Message
from hub.permissions import visible_interfaces

QUOTING = ("sentence", "detail", "error_value", "error_rule")  # what may quote a value of a payload (selectors/veil.py)

KEYS = (  # may be made of protected values: neither shown nor found here
    *("business_key", "ordering_key", "idempotency_key"),
    *("external_id", "external_url"),  # a target often answers with the key that it was sent
)


class OfInterfaces(ReadingRoom):
    """Tables with an ``interface_key``: rights on single interfaces count here as they do in the console."""

    hidden: ClassVar[Sequence[str]] = (*QUOTING, *KEYS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.has_perm("hub.view_interface"):
            return rows
        return self.of(rows, visible_interfaces(request.user).values("key"))

    def of(self, rows: QuerySet[Any], keys: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(interface_key__in=keys)

    def may_see_removed(self, request: HttpRequest) -> bool:
        """A row that is no more cannot say of which interface it was: only who may see all of them."""
        return super().may_see_removed(request) and request.user.has_perm("hub.view_interface")


class OfMessages(OfInterfaces):
    """Tables with a ``message_id``."""

    def of(self, rows: QuerySet[Any], keys: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(message_id__in=Message.objects.filter(interface_key__in=keys).values("id"))
