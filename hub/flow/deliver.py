"""Sends what is leased, outside any transaction, and settles the outcomes every few rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import structlog

from connectors.base import Guarantee, Sink
from connectors.errors import ConnectorError, Disposition
from connectors.records import Heard, Receipt, Record
from dictionary.values import json
from hub.flow import clients, lease, vault
from hub.flow.lease import Held
from hub.flow.runtime import RunningRoute, running
from hub.flow.settle import Outcome, settle

log = structlog.get_logger(__name__)

SETTLE_ROWS = 50
SETTLE_SECONDS = 0.2


def deliver(limit: int = lease.BATCH, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Lease, send and settle one batch; returns how many deliveries were taken."""
    held = lease.lease(limit)
    if not held.deliveries:
        return 0
    outcomes: list[Outcome] = []
    settled_at, halted = time.monotonic(), set()
    for position, delivery in enumerate(held.deliveries):
        if is_stopping():
            lease.hand_back(held.deliveries[position:], held.token)
            break
        if delivery.interface_key in halted or not lease.is_still_mine(delivery):
            lease.hand_back([delivery], held.token)
            continue
        outcome = _try(delivery, held.token)
        if outcome is None:
            continue
        outcomes.append(outcome)
        if outcome.halts:
            halted.add(delivery.interface_key)
        if outcome.halts or len(outcomes) >= SETTLE_ROWS or time.monotonic() - settled_at > SETTLE_SECONDS:
            settle(outcomes, held.token)
            outcomes, settled_at = [], time.monotonic()
    settle(outcomes, held.token)
    return len(held.deliveries)


def _try(delivery: Held, token: UUID) -> Outcome | None:
    """One try of one delivery. None where the lease was lost."""
    release = running(delivery.release_id)
    route = release.route(delivery.route_key)
    started = time.monotonic()
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
