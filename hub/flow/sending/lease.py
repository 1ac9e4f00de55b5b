"""T3: a worker takes the next deliveries, with a fencing number and a deadline.

Taken is the lowest number of each key on each route; while an earlier message of the key is open, in doubt, dead, in
quarantine or not even routed, the later ones wait. ``held`` and ``waiting_key`` are thus computed here, never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from connectors.base import Connector, Guarantee
from governance.guard.transactions import as_engine, write, write_one
from governance.ids import uuid7
from governance.rows import among, as_uuid, fetch, skip_locked, typed
from hub.flow.runtime import running
from hub.flow.states import NEVER
from hub.models import Delivery, Interface, InterfaceControl, Message, MessageState, Payload

log = structlog.get_logger(__name__)

BATCH = 100
UNKNOWN = "The worker stopped while it was sending this; nobody knows whether the target has it."

DELIVERY, STATE = Delivery._meta.db_table, MessageState._meta.db_table

PAUSED = f"""
SELECT i.key FROM {InterfaceControl._meta.db_table} c JOIN {Interface._meta.db_table} i ON i.id = c.interface_id
WHERE c.paused_at IS NOT NULL
"""  # noqa: S608 - names come from models

NEXT = f"""
SELECT d.id FROM {DELIVERY} d
WHERE d.state IN ('pending', 'retry_wait', 'in_doubt') AND d.due_at <= %s AND d.lease IS NULL
AND d.interface_key NOT IN ({PAUSED})
AND (d.ordering_key = '' OR (
    NOT EXISTS (SELECT 1 FROM {DELIVERY} e WHERE e.interface_key = d.interface_key AND e.route_key = d.route_key
                AND e.ordering_key = d.ordering_key AND e.sequence < d.sequence)
    AND NOT EXISTS (SELECT 1 FROM {STATE} s WHERE s.interface_key = d.interface_key
                AND s.ordering_key = d.ordering_key AND s.sequence < d.sequence
                AND s.state IN ('received', 'quarantined'))))
ORDER BY d.due_at, d.id LIMIT %s{{lock}}
"""  # noqa: S608

TAKE = f"""
UPDATE {DELIVERY} SET state = 'leased', lease = %s, leased_until = %s,
ask_first = (ask_first OR state = 'in_doubt'), first_tried_at = COALESCE(first_tried_at, %s)
WHERE id IN ({NEXT}) AND {{as_engine}} RETURNING id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery under lease, with what sending it needs of its message and its outgoing payload."""

    id: UUID
    message_id: UUID
    interface_key: str
    route_key: str
    release_id: UUID
    idempotency_key: str
    attempts: int
    ask_first: bool
    backoff_ms: int
    first_tried_at: datetime
    leased_until: datetime
    business_key: str
    payload: Outgoing


@dataclass(frozen=True, slots=True)
class Sendable:
    """A delivery that this transaction has just made: what a lease would otherwise read back."""

    id: UUID
    message_id: UUID
    interface_key: str
    route_key: str
    release_id: UUID
    idempotency_key: str
    business_key: str
    payload: Outgoing

    def held(self, now: datetime, until: datetime) -> Held:
        """Under lease, for its first try."""
        what = (self.id, self.message_id, self.interface_key, self.route_key, self.release_id, self.idempotency_key)
        return Held(*what, 0, False, 0, now, until, self.business_key, self.payload)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The sealed bytes that are to be sent."""

    id: UUID
    key_id: UUID
    salt: bytes
    data: bytes | None
    digest: str
    size: int


OF_DELIVERY = (
    "id", "message_id", "interface_key", "route_key", "release_id", "idempotency_key", "attempts", "ask_first",
    "backoff_ms", "first_tried_at", "leased_until",
)  # fmt: skip
OF_PAYLOAD = ("id", "key_id", "salt", "data", "digest", "size")


@dataclass(frozen=True)
class Lease:
    """What a worker holds: only who knows ``token`` may settle these rows, and only until they are taken away.

    ``is_awaited``: some of these had to wait for their turn, or others had to let them go first; more of the same key
    may stand behind them.
    """

    token: UUID
    deliveries: Sequence[Held]
    is_awaited: bool


def lease(limit: int = BATCH, fresh: Sequence[Sendable] = ()) -> Lease:
    """Take up to ``limit`` deliveries that are due; those that are not ``fresh`` are read, and come first."""
    token, now = uuid7(), timezone.now()
    until = now + timedelta(seconds=settings.HUB_LEASE_SECONDS)
    taking = TAKE.replace("{lock}", skip_locked().replace("UPDATE", "UPDATE OF d")).replace("{as_engine}", as_engine())
    with write_one():
        taken = {as_uuid(row[0]) for row in fetch(taking, [token, until, now, now, limit])}
    made = [one.held(now, until) for one in fresh if one.id in taken]
    others = sorted(taken.difference(one.id for one in made))
    return Lease(token, [*(_read(others, token) if others else []), *made], bool(others) or len(made) < len(fresh))


def _read(taken: list[UUID], token: UUID) -> list[Held]:
    """Rows, their messages' business keys and their outgoing payloads, in one look."""
    mine, ids = among("d.id", taken)
    columns = [f"d.{name}" for name in OF_DELIVERY] + ["m.business_key"] + [f"p.{name}" for name in OF_PAYLOAD]
    found = fetch(
        f"SELECT {', '.join(columns)} FROM {DELIVERY} d "  # noqa: S608
        f"JOIN {Message._meta.db_table} m ON m.id = d.message_id "
        f"JOIN {Payload._meta.db_table} p ON p.id = d.payload_id "
        f"WHERE {mine} AND d.lease = %s ORDER BY d.created_at, d.id",
        [*ids, token],
    )
    split = len(OF_DELIVERY)
    deliveries = typed(Delivery, OF_DELIVERY, [row[:split] for row in found])
    payloads = typed(Payload, OF_PAYLOAD, [row[split + 1 :] for row in found])
    return [
        Held(*delivery, row[split], Outgoing(*payload))  # type: ignore[call-arg]
        for delivery, row, payload in zip(deliveries, found, payloads, strict=True)
    ]


def is_in_time(delivery: Held) -> bool:
    """Whether the lease lasts: once it is over, the delivery belongs to whoever finds it."""
    return timezone.now() < delivery.leased_until


def mark_sending(delivery: Held, token: UUID) -> bool:
    """For sinks that can neither recognise a repeat nor be asked: say before the send that it may be applied.

    False where the lease was lost.
    """
    with write():
        held = Delivery.objects.filter(id=delivery.id, lease=token, state="leased")
        return bool(held.update(state="sending"))


def hand_back(deliveries: Sequence[Held], token: UUID) -> None:
    """Unsent ones return to the queue: the worker is stopping, or the interface was paused meanwhile."""
    if not deliveries:
        return
    with write():
        mine = Delivery.objects.filter(id__in=[one.id for one in deliveries], lease=token, state="leased")
        mine.filter(ask_first=True).update(state="in_doubt", lease=None, leased_until=None)
        mine.filter(ask_first=False).update(state="pending", lease=None, leased_until=None)


def recover() -> int:
    """Leases that ran out: their worker is gone or stuck, and what it was sending may have been applied.

    A target that is asked too early says "no" while the stuck worker's write is still under way: it is asked when no
    write that began under the lease can still be going on.
    """
    now = timezone.now()
    with write():
        gone = Delivery.objects.filter(state__in=["leased", "sending"], leased_until__lt=now)
        rows = list(gone.select_for_update(skip_locked=True).order_by("id"))
        for row in rows:
            parked: dict[str, Any] = {"lease": None, "leased_until": None, "state": "in_doubt", "ask_first": True}
            if row.state == "sending":
                parked |= {"due_at": NEVER, "reason": "unknown_outcome", "sentence": UNKNOWN}
            else:
                parked |= {"due_at": max(now, (row.leased_until or now) + still_under_way(row))}
            Delivery.objects.filter(id=row.id).update(**parked)
    return len(rows)


def still_under_way(delivery: Delivery) -> timedelta:
    """How long a write may go on after its lease; nothing where the target knows a repeat by its key."""
    try:
        sink = running(delivery.release_id).route(delivery.route_key).unopened_sink()
    except Exception:  # a release that cannot be read must not keep the others from being recovered
        log.exception("lease.release_unreadable", delivery_id=str(delivery.id))
        return timedelta(seconds=Connector.patience)
    return timedelta(0) if sink.guarantee() is Guarantee.NATIVE else timedelta(seconds=sink.connector.patience)
