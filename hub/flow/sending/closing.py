"""A delivery ends: its row moves to the closed ones, those that waited for it may go, its message may be complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from connectors.records import Receipt
from governance.actors import ENGINE
from governance.ids import uuid7
from governance.rows import Table, among, as_uuid, columns_of, fetch, insert_together, locked, typed
from hub.flow.preparing.prepared import STEP_COLUMNS
from hub.flow.problems import text
from hub.flow.runtime import running
from hub.flow.states import DeliveryStatus
from hub.models import ClosedDelivery, Delivery, MessageState, MessageStep

NOTHING = Receipt("")


class Row(NamedTuple):
    """What an open and a closed delivery share (``DeliveryFields``), as it moves from one table to the other."""

    id: UUID
    message_id: UUID
    interface_key: str
    route_key: str
    connection_key: str
    ordering_key: str
    sequence: int
    bucket: int
    zone: str
    release_id: UUID
    payload_id: UUID | None
    idempotency_key: str
    state: str
    attempts: int
    reason: str
    sentence: str
    error_field: str
    error_value: str
    error_rule: str
    external_id: str
    external_url: str
    created_at: datetime


SHARED = Row._fields

TAKE = f"DELETE FROM {Delivery._meta.db_table} WHERE {{mine}} RETURNING {', '.join(columns_of(Delivery, SHARED))}"  # noqa: S608

COMPLETE = f"""
UPDATE {MessageState._meta.db_table} SET state = 'complete', changed_at = %s
WHERE {{these}} AND state = 'routed' AND NOT EXISTS
(SELECT 1 FROM {Delivery._meta.db_table} d WHERE d.message_id = {MessageState._meta.db_table}.id) RETURNING id
"""  # noqa: S608


def take(ids: Sequence[UUID], lease: UUID | None = None) -> dict[UUID, Row]:
    """Take rows from the open ones, those that this lease still holds: the fence and the move in one statement.

    Runs inside the transaction that closes them.
    """
    if not ids:
        return {}
    mine, values = among("id", sorted(ids))
    if lease is not None:
        mine, values = f"{mine} AND lease = %s", [*values, lease]
    taken = typed(Delivery, SHARED, fetch(TAKE.format(mine=mine), values))
    return {row.id: row for row in map(Row._make, taken)}


def confirm(gone: Mapping[UUID, Row], receipts: Mapping[UUID, Receipt], ledger_entry_id: UUID | None) -> list[Table]:
    """Close as confirmed what was taken; the rows that the caller's transaction has yet to insert."""
    pairs = [(row, receipts[row.id]) for row in gone.values()]
    return _close(pairs, DeliveryStatus.CONFIRMED, ledger_entry_id, ENGINE.name, "")


def cancel(delivery: Delivery, *, by: str, because: str) -> None:
    """Close as cancelled, by a person's reasoned decision. Runs inside the transaction that holds the row."""
    pairs = [(row, NOTHING) for row in take([delivery.id]).values()]
    insert_together(*_close(pairs, DeliveryStatus.CANCELLED, None, by, because))


def confirm_by_decision(delivery: Delivery, receipt: Receipt, *, by: str, because: str) -> None:
    """Close as confirmed because two persons found the effect at the target."""
    pairs = [(row, receipt) for row in take([delivery.id]).values()]
    insert_together(*_close(pairs, DeliveryStatus.CONFIRMED, None, by, because))


def _close(
    pairs: Sequence[tuple[Row, Receipt]],
    state: DeliveryStatus,
    entry_id: UUID | None,
    by: str,
    sentence: str,
) -> list[Table]:
    """Those that waited may go, messages are complete; closed deliveries and steps are left to insert."""
    if not pairs:
        return []
    _let_go([row for row, _ in pairs])
    release_of = {row.message_id: row.release_id for row, _ in pairs}
    _queue_up(release_of)
    complete = _complete(list(release_of))
    steps = [
        (
            uuid7(),
            message_id,
            "settled",
            f"{state},complete" if message_id in complete else str(state),
            by,
            sentence,
            release_id,
            entry_id,
        )
        for message_id, release_id in release_of.items()
    ]
    closed = [_closed(row, receipt, state) for row, receipt in pairs]
    return [(ClosedDelivery, SHARED, closed), (MessageStep, STEP_COLUMNS, steps)]


def _closed(row: Row, receipt: Receipt, state: DeliveryStatus) -> Row:
    return row._replace(
        state=str(state),
        attempts=row.attempts + (1 if state is DeliveryStatus.CONFIRMED else 0),
        external_id=text(receipt.external_id, 200),
        external_url=text(receipt.url, 2000),
        reason="",
        sentence="",
    )


def _let_go(deliveries: Sequence[Row]) -> None:
    """One route less to wait for; ``dependents`` maps and sends those that wait for none."""
    settled: dict[str, list[UUID]] = defaultdict(list)
    for delivery in deliveries:
        if running(delivery.release_id).is_awaited(delivery.route_key):
            settled[delivery.route_key].append(delivery.message_id)
    for route_key, message_ids in settled.items():
        waiting = Delivery.objects.filter(message_id__in=message_ids, state="waiting_dependency")
        waiting.filter(after__contains=f"|{route_key}|", waits_for__gt=0).update(waits_for=F("waits_for") - 1)


def _queue_up(release_of: Mapping[UUID, UUID]) -> None:
    """Two routes of one message may close at the same moment, and neither would see that the other is gone.

    The lock on the message's state lets the second one look after the first one's commit.
    """
    shared = sorted(one for one, release_id in release_of.items() if len(running(release_id).routes) > 1)
    if shared:
        these, ids = among("id", shared)
        fetch(f"SELECT id FROM {MessageState._meta.db_table} WHERE {these} ORDER BY id{locked()}", ids)  # noqa: S608


def _complete(message_ids: list[UUID]) -> set[UUID]:
    """Messages without an open delivery are complete."""
    these, ids = among("id", message_ids)
    return {as_uuid(row[0]) for row in fetch(COMPLETE.format(these=these), [timezone.now(), *ids])}
