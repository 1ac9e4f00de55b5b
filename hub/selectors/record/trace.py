"""The whole story of one message: envelope, release, hops, tries, receipts and each value's origin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dictionary.mapping.protected import Places
from governance.errors import Refused
from governance.keyring import Unreadable
from hub.flow import vault
from hub.models import InterfaceRelease, Message, MessageState, MessageStep, Payload
from hub.selectors.record import masked, masking, origins, veil
from hub.selectors.record.deliveries import deliveries_of, route_of
from hub.selectors.record.journey import DeliveryTrace, Envelope, Hop, Release, Try
from hub.selectors.record.masking import Mask
from hub.selectors.record.messages import standing_of
from hub.selectors.record.origins import Origins

STAGES = ("received", "canonical", "sent")


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that is known about one message. ``values``: of the canonical entity; None where not asked for."""

    message: Envelope
    release: Release | None
    hops: tuple[Hop, ...]
    deliveries: tuple[DeliveryTrace, ...]
    values: Origins | None
    mask: Mask | None = None  # where something is masked

    @property
    def standing(self) -> str:
        """The state that pages show."""
        return standing_of(self.message.state, {one.state for one in self.deliveries})


def trace_of(message: Message, *, may_read: bool, with_values: bool = True, unmasked: bool = False) -> Trace:
    """Read the story. Who may not read payloads gets no value, and no sentence that could quote one.

    ``with_values`` opens the stored payload, where ``may_read`` allows it. Values of protected data classes are masked
    unless it is ``unmasked``.
    """
    found = _told(message, with_values=with_values and may_read)
    mask = Mask() if unmasked and may_read else mask_for(message)
    if not may_read:
        return _veiled(found, mask)
    return _masked(found, mask) if mask.is_needed else found


def mask_for(message: Message) -> Mask:
    """What of this message is hidden, by the release that handled it."""
    return masking.mask_of(MessageState.objects.values_list("release_id", flat=True).get(id=message.id))


def _masked(found: Trace, mask: Mask) -> Trace:
    told = found.message
    said = replace(
        veil.envelope(told),
        sentence=veil.masked_sentence_of(told.reason, told.sentence, mask, told.error_field, may_read=True),
        error_value=masked.excerpt(told.error_value, told.error_field, mask.received),
    )
    return replace(
        found,
        message=_without_keys(said, mask),
        hops=tuple(masked.hop(one) for one in found.hops),
        deliveries=tuple(masked.delivery(one, mask) for one in found.deliveries),
        values=masked.origins(found.values, mask.canonical, mask.received),
        mask=mask,
    )


def _veiled(found: Trace, mask: Mask) -> Trace:
    deliveries = tuple(masked.without_keys(veil.delivery(one), mask) for one in found.deliveries)
    return replace(
        found,
        message=_without_keys(veil.envelope(found.message), mask),
        hops=tuple(veil.hop(one) for one in found.hops),
        deliveries=deliveries,
    )


def _without_keys(told: Envelope, mask: Mask) -> Envelope:
    return replace(
        told,
        business_key=mask.key("business_key", told.business_key),
        ordering_key=mask.key("ordering_key", told.ordering_key),
        idempotency_key=mask.key("idempotency_key", told.idempotency_key),
    )


def _told(message: Message, *, with_values: bool) -> Trace:
    state = MessageState.objects.get(id=message.id)
    deliveries = deliveries_of(message, state.release_id, with_values=with_values)
    steps = MessageStep.objects.filter(message_id=message.id).order_by("id")
    release = InterfaceRelease.objects.filter(id=state.release_id).first()
    return Trace(
        message=_envelope(message, state),
        release=_release(release) if release else None,
        hops=_hops(message, list(steps), deliveries),
        deliveries=deliveries,
        values=origins.of(message, state.release_id) if with_values else None,
    )


def payload_of(message: Message, stage: str, delivery_id: UUID | None = None) -> bytes | None:
    """The plain bytes of a stage: received, canonical or sent; the newest where a replay made several.

    None where nothing was stored. Raises Refused where what was stored cannot be opened any more.
    """
    found = _stored(message, stage, delivery_id)
    return _opened(found, stage) if found else None


def masked_payload_of(message: Message, stage: str, delivery_id: UUID | None = None) -> bytes | None:
    """The same with every value of a protected data class replaced by a mask."""
    found = _stored(message, stage, delivery_id)
    if found is None:
        return None
    return masked.body(_opened(found, stage), _places(message, found), media_type=found.media_type)


def _places(message: Message, stored: Payload) -> Places:
    """What is hidden in one stored payload; an outgoing one was made by the release of its delivery."""
    if stored.delivery_id is None:
        mask = mask_for(message)
        return mask.received if stored.stage == "received" else mask.canonical
    route, release_id = route_of(stored.delivery_id)
    return masking.mask_of(release_id).outgoing(route)


def _opened(found: Payload, stage: str) -> bytes:
    try:
        return vault.opened(found)
    except Unreadable as gone:
        raise Refused(str(gone), field="stage", value=stage) from None


def stages_of(message: Message) -> set[str]:
    """The stages of which something is stored."""
    stored = set(Payload.objects.filter(message_id=message.id).values_list("stage", flat=True))
    return {"sent" if stage == "outgoing" else stage for stage in stored}


def _stored(message: Message, stage: str, delivery_id: UUID | None) -> Payload | None:
    rows = Payload.objects.filter(message_id=message.id, stage="outgoing" if stage == "sent" else stage)
    if delivery_id:
        rows = rows.filter(delivery_id=delivery_id)
    return rows.order_by("-id").first()


def _envelope(message: Message, state: MessageState) -> Envelope:
    return Envelope(
        id=message.id,
        interface_key=message.interface_key,
        kind=message.kind,
        state=state.state,
        reason=state.reason,
        sentence=state.sentence,
        error_field=state.error_field,
        error_value=state.error_value,
        error_rule=state.error_rule,
        business_key=message.business_key,
        ordering_key=message.ordering_key,
        sequence=message.sequence,
        idempotency_key=message.idempotency_key,
        event_type=message.event_type,
        event_source=message.event_source,
        correlation_id=message.correlation_id,
        causation_id=message.causation_id,
        source_system=message.source_system,
        received_from=message.actor_name,
        occurred_at=message.occurred_at,
        received_at=message.received_at,
        changed_at=state.changed_at,
    )


def _release(release: InterfaceRelease) -> Release:
    pins = tuple(tuple(line) for line in release.pins)
    return Release(release.number, release.version, release.digest, release.change_number, pins)


def _hops(message: Message, steps: list[MessageStep], deliveries: tuple[DeliveryTrace, ...]) -> tuple[Hop, ...]:
    came = f"{message.source_system}, {message.event_type}" if message.event_type else message.source_system
    hops = [Hop(message.received_at, "received", "received", message.actor_name, f"From {came}.", "ok")]
    hops += [_tried(delivery, one) for delivery in deliveries for one in delivery.attempts]
    hops += [_step(step) for step in steps]
    return tuple(sorted(hops, key=_in_order))


def _in_order(hop: Hop) -> datetime:
    """To the millisecond, which is all that SQLite knows of a step: within one a try comes before what it led to."""
    return hop.at.replace(microsecond=hop.at.microsecond // 1000 * 1000)


def _step(step: MessageStep) -> Hop:
    last = step.states.rpartition(",")[2]
    tones = {"quarantined": "bad", "rejected": "mute", "cancelled": "mute", "dead": "bad"}
    return Hop(step.recorded_at, "step", step.states, step.actor_name, step.sentence, tones.get(last, "ok"))


def _tried(delivery: DeliveryTrace, one: Try) -> Hop:
    sentence = one.sentence or (f"The target answered {one.status}." if one.status else "")
    tone = "ok" if one.is_good else "bad"
    return Hop(one.at, "try", one.outcome, delivery.connection, sentence, tone, delivery.route, one.number, one.ms)
