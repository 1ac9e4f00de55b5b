"""Which interfaces are in use: a retired one too, for as long as something of it is not settled."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from hub.flow.states import MessageStatus
from hub.models import Delivery, Interface, MessageState

ASIDE = (MessageStatus.RECEIVED, MessageStatus.QUARANTINED)


def in_use(rows: QuerySet[Interface]) -> QuerySet[Interface]:
    """Not retired, or with messages that wait for the hub or for a person: all of that is to be counted."""
    delivery = Delivery.objects.filter(interface_key=OuterRef("key"))
    message = MessageState.objects.filter(interface_key=OuterRef("key"), state__in=ASIDE)
    return rows.filter(Q(is_retired=False) | Exists(delivery) | Exists(message))
