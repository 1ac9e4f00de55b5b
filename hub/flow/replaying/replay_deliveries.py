"""Dead deliveries of a replay plan: the same bytes, or new ones from the stored canonical entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from dictionary.values import json
from governance.ids import uuid7
from governance.keyring import Unreadable
from hub.flow import vault
from hub.flow.preparing import translate
from hub.flow.preparing.dependents import receipts_of
from hub.flow.replaying.replay_steps import keep_steps
from hub.flow.runtime import Running, running
from hub.flow.states import DeliveryStatus, Reason
from hub.models import Delivery, Message, MessageState, Payload, ReplayPlan
from hub.models.replay import ReplayMode

Outcome = tuple[str, str]

QUEUED: Outcome = ("queued", "")
MOVED_ON: Outcome = ("left", "It is not dead any more.")
NEVER_MADE: Outcome = ("left", "It was never mapped for its target, so there are no bytes; reprocess it instead.")
NO_ENTITY: Outcome = ("left", "The canonical entity of this message is not stored any more; nothing can be made of it.")

PERHAPS_THERE = (Reason.UNKNOWN_OUTCOME, Reason.INTERNAL)  # reasons that do not rule out an effect at the target

FIELDS = (
    "state", "due_at", "attempts", "first_tried_at", "backoff_ms", "reason", "sentence", "error_field", "error_value",
    "error_rule", "idempotency_key", "payload_id", "release_id", "connection_key",
)  # fmt: skip


@dataclass
class Known:
    """What reprocessing needs of all messages of a plan, read at once."""

    messages: dict[UUID, Message]
    canonical: dict[UUID, Payload]
    made_by: dict[UUID, UUID]
    receipts: dict[UUID, dict[str, Any]]
    awaited: dict[UUID, str]  # message → the routes that others of its deliveries still wait for: |a|b|
    sent: dict[UUID, Payload]  # by payload id
    sealed: list[vault.Sealed] = field(default_factory=list)


def again(ids: Sequence[UUID], request: ReplayPlan) -> dict[UUID, Outcome]:
    """Put these back; an outcome each. Runs inside the transaction of the portion."""
    if not ids:
        return {}
    locked = Delivery.objects.select_for_update().filter(id__in=ids, state=DeliveryStatus.DEAD)
    dead = list(locked.order_by("id"))
    outcomes = dict.fromkeys(ids, MOVED_ON)
    if request.mode == ReplayMode.SAME_BYTES:
        outcomes |= {one.id: _same_bytes(one) for one in dead}
    else:
        known = _known(dead)
        outcomes |= {one.id: _reprocessed(one, known, request) for one in dead}
        vault.store(known.sealed)
    back = [one for one in dead if outcomes[one.id] == QUEUED]
    for one in back:
        _reset(one)
    Delivery.objects.bulk_update(back, FIELDS, batch_size=100)
    keep_steps([(one.message_id, "replayed", "dead,pending", one.release_id) for one in back])
    return outcomes


def _same_bytes(delivery: Delivery) -> Outcome:
    if delivery.payload_id is None:
        return NEVER_MADE
    _rekey(delivery, differs=False)
    return QUEUED


def _reprocessed(delivery: Delivery, known: Known, request: ReplayPlan) -> Outcome:
    """New outgoing bytes; the earlier payload row stays as it was."""
    frozen = request.release_id if request.mode == ReplayMode.CURRENT_RELEASE else None
    release = running(frozen or delivery.release_id)
    entity = _opened(known.canonical.get(delivery.message_id))
    if entity is None:
        return NO_ENTITY
    if gone := _has_no_place(delivery, release, known):
        return "left", gone
    route = release.route(delivery.route_key)
    made = translate.to_target(
        json.loads(entity),
        known.messages[delivery.message_id],
        release,
        route,
        receipts=known.receipts.get(delivery.message_id, {}),
        canonical_by=running(known.made_by[delivery.message_id]),
    )
    if made.problem is not None:
        return "still_wrong", made.problem.sentence
    _give(delivery, json.dumps(made.output), release, known)
    delivery.release_id, delivery.connection_key = release.id, route.connection.key
    return QUEUED


def _has_no_place(delivery: Delivery, release: Running, known: Known) -> str:
    """Why this release cannot take the delivery over; "" where it can."""
    key = delivery.route_key
    if key not in {route.key for route in release.routes}:
        return (
            f"Release {release.number} has no route {key!r} any more; replay it with its original release, "
            "or cancel the delivery."
        )
    waits = f"|{key}|" in known.awaited.get(delivery.message_id, "")
    if waits and not release.is_awaited(key):
        return (
            f"Another route of this message still waits for {key!r}, but in release {release.number} none does; "
            "replay it with its original release."
        )
    return ""


def _opened(payload: Payload | None) -> bytes | None:
    """The plain bytes; None where they were never stored, or are forgotten."""
    try:
        return vault.opened(payload) if payload else None
    except Unreadable:
        return None


def _give(delivery: Delivery, outgoing: bytes, release: Running, known: Known) -> None:
    """New bytes for the delivery, under a new key where those that may have been sent were others."""
    if delivery.payload_id:
        _rekey(delivery, differs=_opened(known.sent.get(delivery.payload_id)) != outgoing)
    sealed = vault.sealed(
        outgoing,
        message_id=delivery.message_id,
        interface_key=release.key,
        stage="outgoing",
        data_class=release.data_class,
        delivery_id=delivery.id,
    )
    known.sealed.append(sealed)
    delivery.payload_id = sealed.id


def _rekey(delivery: Delivery, *, differs: bool) -> None:
    """A new key at the target where the old one would only bring back a refusal, or stand for other bytes.

    Where the record may stand there already the old key stays: it is what lets the target recognise the repeat.
    """
    if delivery.ask_first or delivery.reason in PERHAPS_THERE:
        return
    if differs or delivery.reason == Reason.REJECTED:
        delivery.idempotency_key = f"{delivery.message_id}.{uuid7().hex}"


def _reset(delivery: Delivery) -> None:
    """As new: the retry policy starts afresh."""
    delivery.state, delivery.due_at = DeliveryStatus.PENDING, timezone.now()
    delivery.attempts, delivery.first_tried_at, delivery.backoff_ms = 0, None, 0
    delivery.reason = delivery.sentence = delivery.error_field = delivery.error_value = delivery.error_rule = ""


def _known(dead: Sequence[Delivery]) -> Known:
    ids = {one.message_id for one in dead}
    canonical = Payload.objects.filter(message_id__in=ids, stage="canonical").order_by("id")
    waiting = Delivery.objects.filter(message_id__in=ids, state=DeliveryStatus.WAITING_DEPENDENCY, waits_for__gt=0)
    awaited: dict[UUID, str] = defaultdict(str)
    for message_id, after in waiting.values_list("message_id", "after"):
        awaited[message_id] += after
    return Known(
        messages=Message.objects.in_bulk(ids),
        canonical={payload.message_id: payload for payload in canonical},  # the last one stays
        made_by=dict(MessageState.objects.filter(id__in=ids).values_list("id", "release_id")),
        receipts=receipts_of(ids),
        awaited=awaited,
        sent=Payload.objects.in_bulk([one.payload_id for one in dead if one.payload_id]),
    )
