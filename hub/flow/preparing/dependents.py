"""Routes that wait for others: mapped with the receipts of those once they are settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone

from dictionary.values import json
from governance.guard.transactions import write
from hub.flow import vault
from hub.flow.preparing import translate
from hub.flow.problems import NO_PROBLEM, Problem
from hub.flow.runtime import running
from hub.flow.states import NEVER, DeliveryStatus
from hub.models import ClosedDelivery, Delivery, Message, Payload

log = structlog.get_logger(__name__)

BATCH = 100


def prepare_dependents(limit: int = BATCH) -> int:
    """Give those that wait for nothing any more their outgoing payload; returns how many."""
    ready = Delivery.objects.filter(state=DeliveryStatus.WAITING_DEPENDENCY, waits_for=0)
    with write():
        rows = list(ready.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:limit])
        for delivery in rows:
            _prepare_or_bury(delivery)
    return len(rows)


def _prepare_or_bury(delivery: Delivery) -> None:
    """Our own fault must cost this delivery only, and say so."""
    try:
        with transaction.atomic():
            _prepare(delivery)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("dependents.failed", delivery_id=str(delivery.id))
        problem = translate.failed(error).problem
        assert problem is not None
        _put(delivery, None, problem)


def _prepare(delivery: Delivery) -> None:
    message, release = Message.objects.get(id=delivery.message_id), running(delivery.release_id)
    canonical = Payload.objects.filter(message_id=message.id, stage="canonical").latest("id")
    receipts = receipts_of([message.id]).get(message.id, {})
    document = json.loads(vault.opened(canonical))
    made = translate.to_target(document, message, release, release.route(delivery.route_key), receipts=receipts)
    payload_id = None
    if made.problem is None:
        sealed = vault.sealed(
            json.dumps(made.output),
            message_id=message.id,
            interface_key=release.key,
            stage="outgoing",
            data_class=release.data_class,
            delivery_id=delivery.id,
        )
        vault.store([sealed])
        payload_id = sealed.id
    _put(delivery, payload_id, made.problem)


def _put(delivery: Delivery, payload_id: UUID | None, problem: Problem | None) -> None:
    reason, sentence, field, value, rule = problem.columns() if problem else NO_PROBLEM
    Delivery.objects.filter(id=delivery.id).update(
        state=DeliveryStatus.DEAD if problem else DeliveryStatus.PENDING,
        due_at=NEVER if problem else timezone.now(),
        payload_id=payload_id,
        reason=reason,
        sentence=sentence,
        error_field=field,
        error_value=value,
        error_rule=rule,
    )


def receipts_of(message_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What the routes of each message brought back: message → route → external id and address."""
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for one in ClosedDelivery.objects.filter(message_id__in=message_ids, state=DeliveryStatus.CONFIRMED):
        found[one.message_id][one.route_key] = receipt(one)
    return found


def receipt(one: ClosedDelivery) -> dict[str, Any]:
    """What later routes are told of a confirmed one."""
    return {"external_id": one.external_id, "url": one.external_url}
