"""A dry run of a replay: what each message would become now, and how that differs from what was sent last.

Nothing is written and nothing is sent. The same pure translation runs as in the replay itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dictionary.values import json
from dictionary.values.json import JsonRefused
from governance.keyring import Unreadable
from hub.flow import vault
from hub.flow.intake.document import document_of
from hub.flow.preparing import translate
from hub.flow.preparing.dependents import receipts_of
from hub.flow.runtime import Running, running
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import Delivery, Message, MessageState, Payload
from hub.models.replay import ReplayMode
from hub.selectors.record import masked, masking, veil
from hub.selectors.record.masking import Mask

TRIED = 200  # messages of a dry run; their payloads are in memory together


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What one route of a message would get.

    ``outcome`` is same, changed, new (nothing was sent before), later (made once another route is settled), none (no
    route applies), still_wrong or left. ``before`` and ``after`` are JSON with protected values masked.
    """

    message_id: UUID
    business_key: str
    route: str
    outcome: str
    sentence: str = ""
    before: bytes = b""
    after: bytes = b""


@dataclass(frozen=True, slots=True)
class Known:
    """What a dry run needs of its messages, read at once."""

    messages: dict[UUID, Message]
    states: dict[UUID, MessageState]
    payloads: dict[tuple[UUID, str], Payload]
    outgoing: dict[UUID, Payload]
    dead: dict[UUID, list[Delivery]]
    receipts: dict[UUID, dict[str, Any]]
    masks: dict[UUID, Mask] = field(default_factory=dict)

    def mask(self, release_id: UUID) -> Mask:
        """Of a release, read once."""
        if release_id not in self.masks:
            self.masks[release_id] = masking.mask_of(release_id)
        return self.masks[release_id]

    def name(self, message_id: UUID) -> str:
        """The business key as it may be shown."""
        mask = self.mask(self.states[message_id].release_id)
        return mask.key("business_key", self.messages[message_id].business_key)


def rehearse(
    message_ids: Sequence[UUID], *, mode: str, release_id: UUID | None, only: Collection[UUID] | None = None
) -> list[Rehearsed]:
    """The first 200 messages, in their order. ``release_id`` is in force; the caller has checked the right to read.

    ``only`` are the deliveries that are meant; without it every dead one of these messages is.
    """
    known = _known(message_ids[:TRIED], only)
    found: list[Rehearsed] = []
    for message_id in message_ids[:TRIED]:
        found += _message(message_id, known, mode, release_id)
    return found


def _message(message_id: UUID, known: Known, mode: str, release_id: UUID | None) -> Iterator[Rehearsed]:
    state = known.states[message_id]
    if state.state == MessageStatus.QUARANTINED:
        release = running(release_id if mode == ReplayMode.CURRENT_RELEASE and release_id else state.release_id)
        yield from _received_once_more(message_id, known, release)
        return
    for one in known.dead.get(message_id, ()):
        yield _again(one, known, mode, release_id)


def _received_once_more(message_id: UUID, known: Known, release: Running) -> Iterator[Rehearsed]:
    try:
        document = document_of(known.payloads[message_id, "received"])
    except (Unreadable, JsonRefused, KeyError, TypeError):
        yield _said(message_id, known, "", "left", "It cannot be read as a record; correct it at its source.")
        return
    made = translate.to_canonical(document, release)
    if made.problem is not None:
        yield _wrong(message_id, known, "", made.problem, release)
        return
    routes = [route for route in release.routes if translate.applies(route, made.output)]
    for route in routes:
        yield _to_target(message_id, known, release, route.key, made.output, None, release)
    if not routes:
        yield _said(message_id, known, "", "none", "No route applies to it: it would be complete at once.")


def _again(delivery: Delivery, known: Known, mode: str, release_id: UUID | None) -> Rehearsed:
    """A dead delivery: its own bytes, or new ones of the stored canonical entity."""
    sent = known.outgoing.get(delivery.payload_id) if delivery.payload_id else None
    if mode == ReplayMode.SAME_BYTES:
        outcome = ("same", "") if sent else ("left", "It was never mapped for its target, so there are no bytes.")
        return _said(delivery.message_id, known, delivery.route_key, *outcome)
    release = running(release_id if mode == ReplayMode.CURRENT_RELEASE and release_id else delivery.release_id)
    if delivery.route_key not in {route.key for route in release.routes}:
        sentence = f"Release {release.number} has no such route any more."
        return _said(delivery.message_id, known, delivery.route_key, "left", sentence)
    try:
        entity = json.loads(vault.opened(known.payloads[delivery.message_id, "canonical"]))
    except (Unreadable, JsonRefused, KeyError):
        return _said(delivery.message_id, known, delivery.route_key, "left", "Its canonical entity is not stored.")
    made_by = running(known.states[delivery.message_id].release_id)
    earlier = (delivery.release_id, sent) if sent else None
    return _to_target(delivery.message_id, known, release, delivery.route_key, entity, earlier, made_by)


def _to_target(
    message_id: UUID,
    known: Known,
    release: Running,
    route_key: str,
    entity: dict[str, Any],
    sent: tuple[UUID, Payload] | None,  # with the release that made it: its rules say where values went
    made_by: Running,
) -> Rehearsed:
    route, receipts = release.route(route_key), known.receipts.get(message_id, {})
    if set(route.after) - receipts.keys():
        sentence = f"It is made once {', '.join(route.after)} is settled."
        return _said(message_id, known, route_key, "later", sentence)
    made = translate.to_target(
        entity, known.messages[message_id], release, route, receipts=receipts, canonical_by=made_by
    )
    if made.problem is not None:
        return _wrong(message_id, known, route_key, made.problem, release)
    after, before = json.dumps(made.output), _plain(sent[1]) if sent else None
    outcome = "new" if before is None else "same" if before == after else "changed"
    return Rehearsed(
        message_id,
        known.name(message_id),
        route_key,
        outcome,
        before=masked.body(before, known.mask(sent[0]).outgoing(route_key)) if sent and before else b"",
        after=masked.body(after, known.mask(release.id).outgoing(route_key)),
    )


def _plain(payload: Payload) -> bytes | None:
    try:
        return vault.opened(payload)
    except Unreadable:
        return None


def _wrong(message_id: UUID, known: Known, route: str, problem: Any, release: Running) -> Rehearsed:
    sentence = veil.masked_sentence_of(
        problem.reason, problem.sentence, known.mask(release.id), problem.field, may_read=True, of_delivery=bool(route)
    )
    return _said(message_id, known, route, "still_wrong", sentence)


def _said(message_id: UUID, known: Known, route: str, outcome: str, sentence: str) -> Rehearsed:
    return Rehearsed(message_id, known.name(message_id), route, outcome, sentence)


def _known(ids: Sequence[UUID], only: Collection[UUID] | None) -> Known:
    dead: dict[UUID, list[Delivery]] = {}
    for one in Delivery.objects.filter(message_id__in=ids, state=DeliveryStatus.DEAD).order_by("id"):
        if only is None or one.id in only:
            dead.setdefault(one.message_id, []).append(one)
    sent = [one.payload_id for rows in dead.values() for one in rows if one.payload_id]
    payloads = Payload.objects.filter(message_id__in=ids, stage__in=("received", "canonical")).order_by("id")
    return Known(
        messages=Message.objects.in_bulk(ids),
        states=MessageState.objects.in_bulk(ids),
        payloads={(one.message_id, one.stage): one for one in payloads},  # the newest stays
        outgoing=Payload.objects.in_bulk(sent),
        dead=dead,
        receipts=receipts_of(ids),
    )
