"""T2: each received message becomes its canonical entity, is routed, and is mapped for each target.

One transaction for a batch. A message that fails is quarantined with field, value and rule, a target mapping that
fails makes that delivery dead; the others go on. Nothing leaves the hub here, so a crash only rolls back. What a door
has prepared within T1 (``receive``) never comes by here.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError

from governance.guard.transactions import write
from hub.flow.batch import BatchSize
from hub.flow.preparing import routing
from hub.flow.preparing.claim import Claimed, claim
from hub.flow.preparing.prepared import Prepared, write_down
from hub.flow.sending.lease import Lease, lease
from hub.telemetry import span

log = structlog.get_logger(__name__)

size = BatchSize(200)


def prepare(limit: int = 0) -> int:
    """Prepare up to ``limit`` received messages; returns how many were taken."""
    return prepare_and_lease(limit, to_lease=0)[0]


def prepare_and_lease(limit: int = 0, *, to_lease: int) -> tuple[int, Lease | None]:
    """The same, and in the same transaction the lease of up to ``to_lease`` deliveries that are due (T3).

    Where the batch cannot be written, each message is prepared alone, so that one of them cannot hold up the others;
    nothing is leased then.
    """
    claimed: list[Claimed] = []
    try:
        with span("claim") as say, write():
            claimed = claim(limit or size.rows)
            batch = _prepared(claimed)
            write_down(batch)
            held = lease(to_lease, batch.sendable) if to_lease else None
            say(messages=len(claimed), deliveries=len(held.deliveries) if held else 0)
    except OperationalError:
        raise  # the database, not a message
    except (DatabaseError, ValueError):
        log.exception("prepare.batch_failed", messages=len(claimed))
        return sum(_alone(message.id) for message in claimed), None
    size.seen(len(claimed), sum(message.payload.size for message in claimed))
    return len(claimed), held


def _alone(message_id: UUID) -> int:
    """One message of a batch that failed; what cannot be written at all goes into quarantine and says so."""
    try:
        with write():
            claimed = claim(1, only=message_id)
            write_down(_prepared(claimed))
    except OperationalError:
        raise
    except (DatabaseError, ValueError) as error:
        log.exception("prepare.failed", message_id=str(message_id))
        with write():
            claimed, batch = claim(1, only=message_id), Prepared()
            for message in claimed:
                batch.add(routing.given_up(message, error))
            write_down(batch)
    return len(claimed)


def _prepared(claimed: Sequence[Claimed]) -> Prepared:
    batch = Prepared()
    for message in claimed:
        batch.add(routing.routed(message))
    return batch
