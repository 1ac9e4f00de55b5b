"""One item of a replay plan: back into the queue, or a sentence that says why not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from dictionary.values import json
from governance import audit
from governance.errors import NotFound, Refused
from governance.guard.context import change, current
from governance.ids import uuid7
from governance.rows import insert
from hub.flow import closing, translate, vault
from hub.flow.dependents import receipts_of
from hub.flow.prepared import STEP_COLUMNS
from hub.flow.problems import Problem
from hub.flow.runtime import Running, in_force, running
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import Delivery, Message, MessageState, MessageStep, Payload, ReplayItem
from hub.models.replay import ReplayMode
from hub.permissions import check_is_person, check_still_may_operate


def again(item: ReplayItem, mode: str) -> tuple[str, str]:
    """Put one item back; returns (outcome, sentence)."""
    if item.delivery_id is None:
        return _message(item.message_id, mode)
    delivery = Delivery.objects.select_for_update().filter(id=item.delivery_id, state=DeliveryStatus.DEAD).first()
    if delivery is None:
        return "left", "It is not dead any more."
    if mode != ReplayMode.SAME_BYTES or delivery.payload_id is None:
        release = (
            running(delivery.release_id) if mode == ReplayMode.ORIGINAL_RELEASE else in_force(delivery.interface_key)
        )
        problem = _map_again(delivery, release)
        if problem is not None:
            return "still_wrong", problem.sentence
    Delivery.objects.filter(id=delivery.id).update(
        state=DeliveryStatus.PENDING,
        due_at=timezone.now(),
        attempts=0,
        first_tried_at=None,
        backoff_ms=0,
        reason="",
        sentence="",
        error_field="",
        error_value="",
        error_rule="",
    )
    _step(delivery.message_id, "replayed", "dead,pending", delivery.release_id)
    return "queued", ""


def _message(message_id: UUID, mode: str) -> tuple[str, str]:
    """A quarantined message is received once more, under the release that the mode names."""
    state = MessageState.objects.select_for_update().filter(id=message_id, state=MessageStatus.QUARANTINED).first()
    if state is None:
        return "left", "It is not in quarantine any more."
    if state.reason == "unreadable":
        return "left", "It could not be read as a record; correct it at its source, or reject it."
    release_id = state.release_id if mode == ReplayMode.ORIGINAL_RELEASE else in_force(state.interface_key).id
    MessageState.objects.filter(id=message_id).update(
        state=MessageStatus.RECEIVED,
        release_id=release_id,
        changed_at=timezone.now(),
        reason="",
        sentence="",
        error_field="",
        error_value="",
        error_rule="",
    )
    _step(message_id, "replayed", "quarantined,received", release_id)
    return "queued", ""


def _map_again(delivery: Delivery, release: Running) -> Problem | None:
    """New outgoing bytes from the stored canonical entity; the earlier payload row stays as it was."""
    message = Message.objects.get(id=delivery.message_id)
    stored = Payload.objects.filter(message_id=message.id, stage="canonical").order_by("-id").first()
    if stored is None:
        raise Refused(f"Message {message.id} has no canonical payload.")
    canonical = json.loads(vault.opened(stored))
    canonical_by = running(MessageState.objects.values_list("release_id", flat=True).get(id=message.id))
    route, receipts = release.route(delivery.route_key), receipts_of(delivery)
    made = translate.to_target(canonical, message, release, route, receipts=receipts, canonical_by=canonical_by)
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
        Delivery.objects.filter(id=delivery.id).update(payload_id=sealed.id, release_id=release.id)
    return made.problem


def reject(*, message_id: UUID, by: Any, reason: str) -> None:
    """A person closes a quarantined message: it will not be delivered, and says why for ever."""
    with change(by=by, reason=reason):
        state = MessageState.objects.select_for_update().filter(id=message_id).first()
        if state is None:
            raise NotFound(f"There is no message {message_id}.")
        check_is_person(by)
        check_still_may_operate(by, state.interface_key)
        if state.state != MessageStatus.QUARANTINED:
            raise Refused(f"This message is {state.state}; only one in quarantine can be rejected.")
        MessageState.objects.filter(id=message_id).update(state=MessageStatus.REJECTED, changed_at=timezone.now())
        _step(message_id, "rejected", "quarantined,rejected", state.release_id)
        audit.record("message.rejected", subject=("message", str(message_id)), interface=state.interface_key)


def cancel(*, delivery_id: UUID, by: Any, reason: str) -> None:
    """A person gives up a dead delivery; later messages of its key may go."""
    with change(by=by, reason=reason) as made:
        delivery = Delivery.objects.select_for_update().filter(id=delivery_id).first()
        if delivery is None:
            raise NotFound(f"There is no open delivery {delivery_id}.")
        check_is_person(by)
        check_still_may_operate(by, delivery.interface_key)
        if delivery.state != DeliveryStatus.DEAD:
            raise Refused(f"This delivery is {delivery.state.replace('_', ' ')}; only a dead one can be cancelled.")
        closing.cancel(delivery, by=made.by.name, because=made.reason)
        audit.record("delivery.cancelled", subject=("delivery", str(delivery_id)), interface=delivery.interface_key)


def _step(message_id: UUID, step: str, states: str, release_id: UUID) -> None:
    made = current()
    insert(
        MessageStep,
        STEP_COLUMNS,
        [(uuid7(), message_id, step, states, made.by.name, made.reason, release_id, None)],
    )
