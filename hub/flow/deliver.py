"""Sends what is leased, outside any transaction, and settles the outcomes every few rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from django.db import DatabaseError

from connectors.base import Guarantee, Sink
from connectors.errors import ConnectorError, Disposition
from connectors.records import Heard, Receipt, Record
from dictionary.values import json
from hub.flow import clients, lease, vault
from hub.flow.batch import BatchSize
from hub.flow.judgement import Outcome
from hub.flow.lease import Held, Lease
from hub.flow.runtime import Running, RunningRoute, running
from hub.flow.settle import bury, settle
from hub.flow.watch import Watch

log = structlog.get_logger(__name__)

SETTLE_ROWS = 50
SETTLE_SECONDS = 0.2
BATCH_SECONDS = 10.0  # then what is left goes back: slow targets must not keep a worker from stopping

size = BatchSize(lease.BATCH)


def deliver(limit: int = 0, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Lease, send and settle one batch; returns how many deliveries were taken.

    What was sent is settled whatever happens next; what was not sent goes back to the queue.
    """
    held = lease.lease(limit or size.rows)
    if not held.deliveries:
        return 0
    size.seen(len(held.deliveries), sum(one.payload.size for one in held.deliveries))
    desk, ends = Desk(held), time.monotonic() + BATCH_SECONDS
    try:
        for position, delivery in enumerate(held.deliveries):
            if is_stopping() or time.monotonic() > ends:
                lease.hand_back(held.deliveries[position:], held.token)
                break
            desk.take(delivery)
    finally:
        desk.settle()
    return len(held.deliveries)


class Desk:
    """One batch under way: what was sent and is not settled yet, and which interfaces have halted."""

    def __init__(self, held: Lease) -> None:
        self.token, self.watch = held.token, Watch(held)
        self.outcomes: list[Outcome] = []
        self.halted: set[str] = set()
        self.settled_at = time.monotonic()

    def take(self, delivery: Held) -> None:
        """Send one, unless it may not be sent now."""
        if delivery.interface_key in self.halted or not self.watch.may_send(delivery):
            lease.hand_back([delivery], self.token)
            return
        release = _release(delivery, self.token)
        outcome = release and attempt(delivery, release, self.token)
        if not outcome:
            return
        self.outcomes.append(outcome)
        if outcome.halts:
            self.halted.add(delivery.interface_key)
        is_full = len(self.outcomes) >= SETTLE_ROWS or time.monotonic() - self.settled_at > SETTLE_SECONDS
        if outcome.halts or is_full:
            self.settle()

    def settle(self) -> None:
        """Write down what was sent."""
        outcomes, self.outcomes = self.outcomes, []
        settle(outcomes, self.token)
        self.settled_at = time.monotonic()


def _release(delivery: Held, token: UUID) -> Running | None:
    """The release that it was prepared under. One that cannot be read costs its deliveries, not those of others."""
    try:
        release = running(delivery.release_id)
        release.route(delivery.route_key)
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("deliver.release_unreadable", delivery_id=str(delivery.id))
        bury(delivery, token, error)
        return None
    return release


def attempt(delivery: Held, release: Running, token: UUID) -> Outcome | None:
    """One try of one delivery. None where the lease was lost. Raises DatabaseError: the lease brings it back."""
    route, started = release.route(delivery.route_key), time.monotonic()
    exchanges: list[Heard] = []
    result: Receipt | Exception
    asked = has_begun = perhaps_sent = False
    try:
        body = vault.opened(delivery.payload)
        record = Record((delivery.business_key or str(delivery.message_id),), json.loads(body))
        client = clients.client(route.connection)
        sink = client.connector.sink(route.sink)
        if sink.guarantee() is Guarantee.NONE and not lease.mark_sending(delivery, token):
            return None
        has_begun = True
        result, asked = _send_or_ask(sink, record, delivery)
        exchanges = client.take_exchanges()
    except ConnectorError as error:
        result, exchanges = error, _after_error(route, error)
    except DatabaseError:
        raise
    except Exception as error:  # outside the taxonomy: our bug; dead as internal, the traceback kept for the engineer
        log.exception("deliver.failed", delivery_id=str(delivery.id), route=route.key)
        result, perhaps_sent = error, has_begun
        clients.drop(route.connection)
    milliseconds = round((time.monotonic() - started) * 1000)
    return Outcome(delivery, release, route, result, asked, milliseconds, exchanges, perhaps_sent)


def _send_or_ask(sink: Sink, record: Record, delivery: Held) -> tuple[Receipt, bool]:
    """Send; but what may have been applied before is asked for first, where the target can be asked."""
    key = delivery.idempotency_key
    if delivery.ask_first and sink.guarantee() is Guarantee.PROBE:
        found = sink.find(record, idempotency_key=key)
        if found is not None:
            return found, True
    return sink.write(record, idempotency_key=key), False


def _after_error(route: RunningRoute, error: ConnectorError) -> list[Heard]:
    """What the tap heard; a session that failed is not used again."""
    kept = clients.peek(route.connection)
    heard = kept.take_exchanges() if kept else []
    if error.disposition is not Disposition.DEAD_LETTER:
        clients.drop(route.connection)
    return heard
