"""T1: messages are accepted, or recognised as repeats, in one transaction for all that came together.

A few are one statement on PostgreSQL, and a worker prepares them with others. A batch of a size worth it is prepared in
the same transaction (T2 within T1); where that cannot be, it is accepted all the same, and a worker prepares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from governance.guard.transactions import write
from governance.rows import insert_together
from hub.flow import vault
from hub.flow.intake import inbox
from hub.flow.intake.accept import LARGEST, MESSAGE, STATE, accept, envelope
from hub.flow.intake.arrivals import Accepted, Entered, Incoming
from hub.flow.preparing import drift, routing
from hub.flow.preparing.prepared import Prepared, tables
from hub.flow.problems import NO_PROBLEM, Problem
from hub.flow.states import MessageStatus
from hub.models import Message, MessageState

PREPARED = range(16, 251)  # messages of one transaction that are prepared in it

log = structlog.get_logger(__name__)

MESSAGE_COLUMNS = (*MESSAGE, "sequence", "received_at")
STATE_COLUMNS = ("id", "interface_key", "ordering_key", "sequence", *STATE)


def receive(incoming: Sequence[Incoming]) -> list[Accepted]:
    """Accept messages; one answer each, in order. Either all that are new stand in the database, or none does."""
    if len(incoming) <= LARGEST and connection.vendor == "postgresql":
        return _accepted(incoming)
    if len(incoming) not in PREPARED:
        return _received(incoming, prepares=False)
    try:
        return _received(incoming, prepares=True)
    except OperationalError:
        raise  # the database, not a message
    except (DatabaseError, ValueError):
        log.exception("receive.not_prepared", messages=len(incoming))
        return _received(incoming, prepares=False)


def _accepted(incoming: Sequence[Incoming]) -> list[Accepted]:
    """A small group: one statement, and a second look only for repeats."""
    macs, now = _macs(incoming), timezone.now()
    fresh = accept([(item, _payload(item), macs[item.id], _stands(item, *_unprepared(item), now)) for item in incoming])
    repeats = {}
    if len(fresh) < len(incoming):
        with write():
            repeats = inbox.answer_repeats([item for item in incoming if item.id not in fresh], macs)
    return [repeats.get(item.id) or Accepted(item.id, item.correlation) for item in incoming]


def _received(incoming: Sequence[Incoming], *, prepares: bool) -> list[Accepted]:
    with write():
        return receive_within(incoming, prepares=prepares)


def receive_within(incoming: Sequence[Incoming], *, prepares: bool = False) -> list[Accepted]:
    """The same inside a transaction that the caller opened (a page and its checkpoint)."""
    macs = _macs(incoming)
    entered = inbox.enter(incoming, macs)
    fresh = [item for item in incoming if item.id in entered]
    numbers = inbox.numbers(fresh)
    _write([Entered(item, numbers.get(item.id, 0), entered[item.id], _payload(item)) for item in fresh], prepares)
    repeats = inbox.answer_repeats([item for item in incoming if item.id not in entered], macs)
    return [repeats.get(item.id) or Accepted(item.id, item.correlation) for item in incoming]


def _macs(incoming: Sequence[Incoming]) -> dict[UUID, bytes]:
    return {item.id: vault.content_mac(item.content or item.body) for item in incoming}


def _write(fresh: Sequence[Entered], prepares: bool) -> None:
    """The new messages, where they stand and, of those that are prepared here, all that came of it."""
    if not fresh:
        return
    batch, now = Prepared(payloads=[one.payload for one in fresh]), timezone.now()
    for one in fresh:
        if prepares and one.item.problem is None and one.item.document is not None:
            batch.add(routing.routed(one.claimed(), one.item.document))
    stands = {message_id: (state, problem) for message_id, state, problem in batch.moves}
    states = [_state_row(one, *stands.get(one.item.id, _unprepared(one.item)), now) for one in fresh]
    insert_together(
        (Message, MESSAGE_COLUMNS, [_message_row(one) for one in fresh]),
        (MessageState, STATE_COLUMNS, states),
        *tables(batch),
    )
    drift.count(batch.drift)


def _message_row(one: Entered) -> tuple:
    return (*envelope(one.item), one.number, one.at)


def _state_row(one: Entered, state: MessageStatus, problem: Problem | None, now: datetime) -> tuple:
    item = one.item
    return (item.id, item.interface_key, item.ordering_key, one.number, *_stands(item, state, problem, now))


def _unprepared(item: Incoming) -> tuple[MessageStatus, Problem | None]:
    return (MessageStatus.QUARANTINED if item.problem else MessageStatus.RECEIVED), item.problem


def _stands(item: Incoming, state: MessageStatus, problem: Problem | None, now: datetime) -> tuple:
    """The columns of STATE."""
    return (str(state), item.release_id, now, *(problem.columns() if problem else NO_PROBLEM))


def _payload(item: Incoming) -> vault.Sealed:
    return vault.sealed(
        item.body,
        message_id=item.id,
        interface_key=item.interface_key,
        stage="received",
        data_class=item.data_class,
        media_type=item.media_type,
    )
