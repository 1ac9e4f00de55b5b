"""A delivery ends: its row moves to the closed ones, those that waited for it may go, its message may be complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from connectors.records import Receipt
from governance.actors import ENGINE
from governance.ids import uuid7
from hub.flow.prepare import STEP_COLUMNS
from hub.flow.problems import text
from hub.flow.rows import as_uuid, insert, marks, parameters
from hub.flow.runtime import running
from hub.flow.states import DeliveryStatus
from hub.models import ClosedDelivery, Delivery, MessageState, MessageStep
from hub.models.delivery import DeliveryFields

SHARED = tuple(field.name for field in DeliveryFields._meta.get_fields())
NOTHING = Receipt("")


def confirm(receipts: Sequence[tuple[Delivery, Receipt]], ledger_entry_id: UUID | None) -> None:
    """Close as confirmed. Runs inside the transaction that holds the rows."""
    _close(receipts, DeliveryStatus.CONFIRMED, ledger_entry_id, ENGINE.name, "")


def cancel(delivery: Delivery, *, by: str, because: str) -> None:
    """Close as cancelled, by a person's reasoned decision."""
    _close([(delivery, NOTHING)], DeliveryStatus.CANCELLED, None, by, because)


def confirm_by_decision(delivery: Delivery, receipt: Receipt, *, by: str, because: str) -> None:
    """Close as confirmed because two persons found the effect at the target."""
    _close([(delivery, receipt)], DeliveryStatus.CONFIRMED, None, by, because)


def _close(
    receipts: Sequence[tuple[Delivery, Receipt]],
    state: DeliveryStatus,
    entry_id: UUID | None,
    by: str,
    sentence: str,
) -> None:
    if not receipts:
        return
    insert(ClosedDelivery, SHARED, [_closed_row(one, receipt, state) for one, receipt in receipts])
    Delivery.objects.filter(id__in=[one.id for one, _ in receipts]).delete()
    _let_go([delivery for delivery, _ in receipts])
    message_ids = list(dict.fromkeys(one.message_id for one, _ in receipts))
    release_of = {one.message_id: one.release_id for one, _ in receipts}
    complete = _complete(message_ids)
    rows = [
        (
            uuid7(),
            message_id,
            "settled",
            f"{state},complete" if message_id in complete else str(state),
            by,
            sentence,
            release_of[message_id],
            entry_id,
        )
        for message_id in message_ids
    ]
    insert(MessageStep, STEP_COLUMNS, rows)


def _closed_row(delivery: Delivery, receipt: Receipt, state: DeliveryStatus) -> tuple:
    changed = {
        "state": str(state),
        "attempts": delivery.attempts + (1 if state is DeliveryStatus.CONFIRMED else 0),
        "external_id": text(receipt.external_id, 200),
        "external_url": text(receipt.url, 2000),
        "reason": "",
        "sentence": "",
    }
    return tuple(changed.get(name, getattr(delivery, name)) for name in SHARED)


def _let_go(deliveries: Sequence[Delivery]) -> None:
    """One route less to wait for; ``dependents`` maps and sends those that wait for none."""
    settled: dict[str, list[UUID]] = defaultdict(list)
    for delivery in deliveries:
        if running(delivery.release_id).is_awaited(delivery.route_key):
            settled[delivery.route_key].append(delivery.message_id)
    for route_key, message_ids in settled.items():
        waiting = Delivery.objects.filter(message_id__in=message_ids, state="waiting_dependency")
        waiting.filter(after__contains=f"|{route_key}|", waits_for__gt=0).update(waits_for=F("waits_for") - 1)


def _complete(message_ids: list[UUID]) -> set[UUID]:
    """Messages without an open delivery are complete."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {MessageState._meta.db_table} SET state = 'complete', changed_at = %s "  # noqa: S608
            f"WHERE id IN ({marks(message_ids)}) AND state = 'routed' AND NOT EXISTS "
            f"(SELECT 1 FROM {Delivery._meta.db_table} d WHERE d.message_id = {MessageState._meta.db_table}.id) "
            "RETURNING id",
            parameters([timezone.now(), *message_ids]),
        )
        return {as_uuid(row[0]) for row in cursor.fetchall()}
