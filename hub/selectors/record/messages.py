"""Messages that a user may see, newest first, each with where its deliveries stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import ClosedDelivery, Delivery, Message, MessageState
from hub.permissions import readable_interfaces
from hub.selectors.ordering import ordered
from hub.selectors.record import masking, message_filters
from hub.selectors.record.masking import Mask
from hub.selectors.record.veil import masked_sentence_of

Masks = dict[UUID, Mask]  # by release

STANDING_WORST_FIRST = (DeliveryStatus.DEAD, DeliveryStatus.IN_DOUBT, DeliveryStatus.RETRY_WAIT)


@dataclass(frozen=True, slots=True)
class RouteState:
    """Where one route of a message stands."""

    route: str
    state: str
    attempts: int
    reason: str
    sentence: str
    external_id: str
    external_url: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One line of a list. ``reason`` and ``sentence`` are the message's own, or those of its worst route."""

    id: UUID
    interface_key: str
    state: str
    business_key: str
    event_type: str
    correlation_id: str
    received_at: datetime
    source_system: str
    reason: str
    sentence: str
    routes: tuple[RouteState, ...]

    @property
    def standing(self) -> str:
        """The state that a list shows."""
        return standing_of(self.state, {route.state for route in self.routes})


def standing_of(state: str, routes: set[str]) -> str:
    """The worst of the routes while a message is on its way, else its own state."""
    if state != MessageStatus.ROUTED:
        return state
    return next((str(one) for one in STANDING_WORST_FIRST if one in routes), state)


def search(
    user: Any,
    *,
    interface: str = "",
    state: str = "",
    reason: str = "",
    business_key: str = "",
    correlation_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    before: UUID | None = None,
    limit: int = 50,
    order: str = "",
    **more: str,
) -> list[MessageRow]:
    """The first ``limit`` messages that match; ``before`` is the last id of the page before (keyset paging).

    ``state`` is a state of the message, or one of its deliveries ("dead", "in_doubt", …); ``more`` are the other
    filters of ``message_filters.matching``.
    """
    rows = message_filters.matching(
        user,
        interface=interface,
        state=state,
        reason=reason,
        business_key=business_key,
        correlation_id=correlation_id,
        since=since,
        until=until,
        text=text,
        **more,
    )
    return rows_of(ordered(rows, order, before)[:limit], readable=readable_interfaces(user))


def count(user: Any, values: dict[str, Any], most: int) -> int:
    """How many match, counted up to ``most``."""
    return message_filters.matching(user, **values).order_by()[:most].count()


def rows_of(messages: Iterable[Message], *, readable: Collection[str]) -> list[MessageRow]:
    """Lines for these messages, in their order: a fixed number of queries, however many there are.

    ``readable`` are the interfaces whose payloads the reader may read; of others a line holds a general sentence, and
    so does that of a message with values of a protected data class.
    """
    found = list(messages)
    ids = [message.id for message in found]
    states = MessageState.objects.in_bulk(ids)
    routes = _routes(ids)
    wanted = {one.release_id for one in states.values()} | {one.release_id for rows in routes.values() for one in rows}
    masks = masking.masks_of(wanted)
    return [
        _row(message, states[message.id], routes[message.id], message.interface_key in readable, masks)
        for message in found
    ]


def _routes(ids: list[UUID]) -> dict[UUID, list[Delivery | ClosedDelivery]]:
    found: dict[UUID, list[Delivery | ClosedDelivery]] = defaultdict(list)
    for model in (ClosedDelivery, Delivery):
        for delivery in model.objects.filter(message_id__in=ids).order_by("id"):
            found[delivery.message_id].append(delivery)
    return found


def _row(message: Message, state: MessageState, deliveries: list[Any], may_read: bool, masks: Masks) -> MessageRow:
    routes = tuple(_route(one, may_read, masks) for one in sorted(deliveries, key=lambda one: one.id))
    failed = [route for route in routes if route.reason]
    worst = next((route for kind in STANDING_WORST_FIRST for route in failed if route.state == kind), None)
    said = masked_sentence_of(
        state.reason, state.sentence, masks[state.release_id], state.error_field, may_read=may_read
    )
    return MessageRow(
        id=message.id,
        interface_key=message.interface_key,
        state=state.state,
        business_key=masks[state.release_id].key("business_key", message.business_key),
        event_type=message.event_type,
        correlation_id=message.correlation_id,
        received_at=message.received_at,
        source_system=message.source_system,
        reason=state.reason or (worst.reason if worst else ""),
        sentence=said or (worst.sentence if worst else ""),
        routes=routes,
    )


def _route(delivery: Any, may_read: bool, masks: Masks) -> RouteState:
    mask = masks[delivery.release_id]
    external_id, external_url = mask.receipt(delivery.external_id, delivery.external_url)
    said = masked_sentence_of(
        delivery.reason,
        delivery.sentence,
        mask,
        delivery.error_field,
        may_read=may_read,
        of_delivery=True,
    )
    return RouteState(
        route=delivery.route_key,
        state=delivery.state,
        attempts=delivery.attempts,
        reason=delivery.reason,
        sentence=said,
        external_id=external_id,
        external_url=external_url,
    )
