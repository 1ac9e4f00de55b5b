"""T3: a worker takes the next deliveries, with a fencing number and a deadline.

Taken is the lowest number of each key on each route; while an earlier message of the key is open, in doubt, dead, in
quarantine or not even routed, the later ones wait. ``held`` and ``waiting_key`` are thus computed here, never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from governance.guard.transactions import write
from governance.ids import uuid7
from hub.flow.rows import as_uuid, marks, parameters, skip_locked
from hub.flow.runtime import paused_interfaces
from hub.flow.states import NEVER
from hub.models import Delivery, MessageState

BATCH = 100

DELIVERY, STATE = Delivery._meta.db_table, MessageState._meta.db_table

NEXT = f"""
SELECT d.id FROM {DELIVERY} d
WHERE d.state IN ('pending', 'retry_wait', 'in_doubt') AND d.due_at <= %s AND d.lease IS NULL {{paused}}
AND (d.ordering_key = '' OR (
    NOT EXISTS (SELECT 1 FROM {DELIVERY} e WHERE e.interface_key = d.interface_key AND e.route_key = d.route_key
                AND e.ordering_key = d.ordering_key AND e.sequence < d.sequence)
    AND NOT EXISTS (SELECT 1 FROM {STATE} s WHERE s.interface_key = d.interface_key
                AND s.ordering_key = d.ordering_key AND s.sequence < d.sequence
                AND s.state IN ('received', 'quarantined'))))
ORDER BY d.due_at, d.id LIMIT %s{{lock}}
"""  # noqa: S608 - names come from models


@dataclass(frozen=True)
class Lease:
    """What a worker holds: only who knows ``token`` may settle these rows, and only until they are taken away."""

    token: UUID
    deliveries: Sequence[Delivery]


def lease(limit: int = BATCH) -> Lease:
    """Take up to ``limit`` deliveries that are due, in the order in which they are to be sent."""
    token, now = uuid7(), timezone.now()
    with write():
        taken = _take(token, now, limit)
    rows = Delivery.objects.filter(id__in=taken, lease=token).order_by("created_at", "id") if taken else []
    return Lease(token, list(rows))


def _take(token: UUID, now, limit: int) -> list[UUID]:
    paused = sorted(paused_interfaces())
    exclude = f"AND d.interface_key NOT IN ({marks(paused)})" if paused else ""
    until = now + timedelta(seconds=settings.HUB_LEASE_SECONDS)
    lock = skip_locked().replace("UPDATE", "UPDATE OF d") if skip_locked() else ""
    following = NEXT.format(paused=exclude, lock=lock)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {DELIVERY} SET state = 'leased', lease = %s, leased_until = %s, "  # noqa: S608
            f"ask_first = (ask_first OR state = 'in_doubt'), first_tried_at = COALESCE(first_tried_at, %s) "
            f"WHERE id IN ({following}) RETURNING id",
            parameters([token, until, now, now, *paused, limit]),
        )
        return [as_uuid(row[0]) for row in cursor.fetchall()]


def is_still_mine(delivery: Delivery, token: UUID) -> bool:
    """Asked right before each send: a lease that ran out belongs to somebody else."""
    return delivery.leased_until is not None and timezone.now() < delivery.leased_until and delivery.lease == token


def mark_sending(delivery: Delivery, token: UUID) -> bool:
    """For sinks that can neither recognise a repeat nor be asked: say before the send that it may be applied.

    False where the lease was lost.
    """
    with write():
        held = Delivery.objects.filter(id=delivery.id, lease=token, state="leased")
        return bool(held.update(state="sending"))


def hand_back(deliveries: Sequence[Delivery], token: UUID) -> None:
    """Unsent ones return to the queue: the worker is stopping, or the interface was paused meanwhile."""
    if not deliveries:
        return
    with write():
        mine = Delivery.objects.filter(id__in=[one.id for one in deliveries], lease=token, state="leased")
        mine.filter(ask_first=True).update(state="in_doubt", lease=None, leased_until=None)
        mine.filter(ask_first=False).update(state="pending", lease=None, leased_until=None)


def recover() -> int:
    """Leases that ran out: their worker is gone, and what it was sending may have been applied."""
    now = timezone.now()
    with write():
        gone = Delivery.objects.filter(state__in=["leased", "sending"], leased_until__lt=now)
        parked = {"lease": None, "leased_until": None, "state": "in_doubt", "ask_first": True}
        unknown = "The worker stopped while it was sending this; nobody knows whether the target has it."
        decided = gone.filter(state="sending").update(
            **parked, due_at=NEVER, reason="unknown_outcome", sentence=unknown
        )
        return decided + gone.filter(state="leased").update(**parked, due_at=now)
