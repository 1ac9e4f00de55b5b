"""Where each value that was made for a target came from: the route's pinned mapping is run once more.

It gets the document that it got the first time: the canonical entity and, beside it, provenance with the receipts
that had come by then. The result is compared with the stored bytes of that delivery.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dictionary.mapping import Mapped
from dictionary.values import json
from dictionary.values.json import JsonRefused
from governance.keyring import Unreadable
from hub.flow import vault
from hub.flow.preparing import translate
from hub.flow.preparing.dependents import receipt
from hub.flow.runtime import Running, RunningRoute, running
from hub.flow.states import DeliveryStatus
from hub.models import ClosedDelivery, Delivery, Message, Payload
from hub.selectors.record.origins import Origins, told, unknown

SAME = "The pinned rules were run once more on the canonical entity: they give exactly what is stored for this target."
OTHER = "The pinned rules give something else than what is stored for this target. Report this: it must not happen."
AS_IT_IS = "This route has no mapping: the canonical entity is sent as it is."
AS_IT_IS_SAME = f"{AS_IT_IS} What is stored for this target is exactly that, with its provenance beside it."
AS_IT_IS_OTHER = f"{AS_IT_IS} But what is stored for this target is something else. Report this: it must not happen."
UNSURE = (
    "What is stored for this target differs from what the newest canonical entity gives. Several are stored of this "
    "message, and it cannot be told which one this was made from."
)

Deliveries = Sequence[Delivery | ClosedDelivery]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of one message, read at once for all its deliveries."""

    message: Message
    made_by: Running  # the release that made the canonical entity
    canonical: tuple[Payload, ...]  # oldest first; the engine makes one
    outgoing: dict[UUID, Payload]  # payload id → payload
    confirmed: tuple[ClosedDelivery, ...]  # in the order in which they were


def of(message: Message, release_id: UUID, deliveries: Deliveries) -> dict[UUID, Origins]:
    """Delivery id → the origin of each value that was made for it; what has no outgoing payload is left out.

    ``release_id`` made the canonical entity; a replay may have mapped it by another. Never raises for what a payload
    holds.
    """
    kept = _kept(message, running(release_id), deliveries)
    return {one.id: _origins(one, kept) for one in deliveries if one.payload_id in kept.outgoing}


def _documents(kept: Kept, entity: dict[str, Any], made_at: datetime) -> Iterator[dict[str, Any]]:
    """The documents that a route may have got at that moment, the likeliest first.

    A receipt counts from its commit, but its row shows a moment before: the last ones may have come too late.
    """
    before = [one for one in kept.confirmed if one.closed_at <= made_at]
    for count in range(len(before), -1, -1):
        receipts = {one.route_key: receipt(one) for one in before[:count]}
        yield {**entity, "hub": translate.provenance(kept.message, kept.made_by, receipts)}


def _kept(message: Message, made_by: Running, deliveries: Deliveries) -> Kept:
    sent = [one.payload_id for one in deliveries if one.payload_id]
    confirmed = [one for one in deliveries if isinstance(one, ClosedDelivery) and one.state == DeliveryStatus.CONFIRMED]
    return Kept(
        message=message,
        made_by=made_by,
        canonical=tuple(Payload.objects.filter(message_id=message.id, stage="canonical").order_by("id"))
        if sent
        else (),
        outgoing=Payload.objects.in_bulk(sent),
        confirmed=tuple(sorted(confirmed, key=lambda one: one.closed_at)),
    )


def _origins(delivery: Delivery | ClosedDelivery, kept: Kept) -> Origins:
    release = running(delivery.release_id)
    route, key = release.route(delivery.route_key), _mapping_key(release, delivery.route_key)
    assert delivery.payload_id is not None
    payload = kept.outgoing[delivery.payload_id]
    try:
        stored, entity = vault.opened(payload), json.loads(vault.opened(_entity(payload, kept)))
        mapped, is_same = _again(route, _documents(kept, entity, payload.recorded_at), stored)
    except (Unreadable, JsonRefused) as gone:
        return unknown(gone, key, route.mapping_version)
    if not is_same and len(kept.canonical) > 1:
        return told(mapped, key, route.mapping_version, None, UNSURE)
    return told(mapped, key, route.mapping_version, is_same, _said(route, is_same) + _replayed(release, kept.made_by))


def _mapping_key(release: Running, route_key: str) -> str:
    return next(route.get("mapping", "") for route in release.content["routes"] if route["key"] == route_key)


def _entity(payload: Payload, kept: Kept) -> Payload:
    """The canonical entity that was the newest when this was made. Raises Unreadable where none is stored."""
    if not kept.canonical:
        raise Unreadable("The canonical entity of this message is not stored any more.")
    earlier = [one for one in kept.canonical if one.recorded_at <= payload.recorded_at]
    return (earlier or kept.canonical)[-1]


def _again(route: RunningRoute, found: Iterator[dict[str, Any]], stored: bytes) -> tuple[Mapped, bool]:
    """The run that gives what is stored, or else the one of the likeliest document; and whether it is the same."""
    first: Mapped | None = None
    for document in found:
        mapped = _run(route, document)
        if json.dumps(mapped.output) == stored:
            return mapped, True
        first = first or mapped
    assert first is not None  # there is always the document without receipts
    return first, False


def _run(route: RunningRoute, document: dict[str, Any]) -> Mapped:
    """A route without a mapping sends the document itself, and no rule made any of it."""
    if route.mapping is None:
        return Mapped(document, (), (), (), "", ())
    return route.mapping.run(document, trace=True, looks_for_unread=False)


def _said(route: RunningRoute, is_same: bool) -> str:
    if route.mapping is None:
        return AS_IT_IS_SAME if is_same else AS_IT_IS_OTHER
    return SAME if is_same else OTHER


def _replayed(release: Running, made_by: Running) -> str:
    """The revision of the mapping is that of another release than the message's own; the page must say why."""
    if release.id == made_by.id:
        return ""
    return f" A replay made it by release {release.number}, of the canonical entity of release {made_by.number}."
