"""The deliveries of one message, as its trace shows them: tries, receipt, and the origin of what was sent."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from governance.errors import NotFound
from hub.models import Attempt, ClosedDelivery, Delivery, Message
from hub.selectors.record import sent
from hub.selectors.record.journey import DeliveryTrace, Try
from hub.selectors.record.origins import Origins
from hub.selectors.record.waits import wait_of


def deliveries_of(message: Message, release_id: UUID, *, with_values: bool) -> tuple[DeliveryTrace, ...]:
    """In the order in which they were made. ``release_id`` made the canonical entity.

    ``with_values`` opens what each route sent, and tells where its values came from.
    """
    rows = _rows(message.id)
    tries: dict[UUID, list[Try]] = defaultdict(list)
    for attempt in Attempt.objects.filter(message_id=message.id).order_by("id"):
        tries[attempt.delivery_id].append(_try(attempt))
    values = sent.of(message, release_id, rows) if with_values else {}
    return tuple(_delivery(row, tuple(tries[row.id]), values.get(row.id)) for row in rows)


def route_of(delivery_id: UUID) -> tuple[str, UUID]:
    """(route, release) of a delivery, open or closed."""
    for model in (Delivery, ClosedDelivery):
        if found := model.objects.filter(id=delivery_id).values_list("route_key", "release_id").first():
            return found
    raise NotFound(f"There is no delivery {delivery_id}.")


def _rows(message_id: UUID) -> list[Delivery | ClosedDelivery]:
    """Open ones first: what closes in between is then read twice, and not missed."""
    found: dict[UUID, Delivery | ClosedDelivery] = {}
    found.update({row.id: row for row in Delivery.objects.filter(message_id=message_id)})
    found.update({row.id: row for row in ClosedDelivery.objects.filter(message_id=message_id)})
    return [found[row_id] for row_id in sorted(found)]


def _try(attempt: Attempt) -> Try:
    return Try(
        id=attempt.id,
        number=attempt.number,
        outcome=attempt.outcome,
        sentence=attempt.sentence,
        detail=attempt.detail,
        status=attempt.status,
        ms=attempt.ms,
        sent_digest=attempt.sent_digest,
        at=attempt.recorded_at,
    )


def _delivery(row: Delivery | ClosedDelivery, tries: tuple[Try, ...], values: Origins | None) -> DeliveryTrace:
    return DeliveryTrace(
        id=row.id,
        route=row.route_key,
        connection=row.connection_key,
        state=row.state,
        is_open=isinstance(row, Delivery),
        reason=row.reason,
        sentence=row.sentence,
        error_field=row.error_field,
        error_value=row.error_value,
        error_rule=row.error_rule,
        attempts=tries,
        idempotency_key=row.idempotency_key,
        external_id=row.external_id,
        external_url=row.external_url,
        created_at=row.created_at,
        due_at=row.due_at if isinstance(row, Delivery) else None,
        closed_at=row.closed_at if isinstance(row, ClosedDelivery) else None,
        has_payload=row.payload_id is not None,
        wait=wait_of(row) if isinstance(row, Delivery) else None,
        values=values,
    )
