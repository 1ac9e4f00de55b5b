"""Whether anything could be prepared or sent now: asked often, so it is one prepared statement."""

from __future__ import annotations

from django.utils import timezone

from governance.rows import fetch
from hub.flow import lease
from hub.models import Delivery, MessageState

DELIVERY = Delivery._meta.db_table

READY = f"SELECT id FROM {DELIVERY} WHERE state = 'waiting_dependency' AND waits_for = 0"  # noqa: S608
DUE = lease.NEXT.format(lock="")
WAITING = f"""
SELECT EXISTS (SELECT 1 FROM {MessageState._meta.db_table} WHERE state = 'received')
OR EXISTS ({READY})
OR EXISTS ({DUE})
"""  # noqa: S608 - names come from models


def is_work_waiting() -> bool:
    """Received messages, deliveries that may be sent, and those that wait for nothing any more."""
    return bool(fetch(WAITING, [timezone.now(), 1])[0][0])


def is_a_delivery_due() -> bool:
    """Deliveries that may be sent."""
    return bool(fetch(DUE, [timezone.now(), 1]))


def is_a_dependent_ready() -> bool:
    """Deliveries whose earlier routes have settled."""
    return bool(fetch(f"{READY} LIMIT 1"))
