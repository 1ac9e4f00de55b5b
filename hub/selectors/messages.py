"""Messages that a user may see, newest first, each with where its deliveries stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from governance.ids import floor_of
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import ClosedDelivery, Delivery, Message, MessageState
from hub.permissions import readable_interfaces, visible_interfaces
from hub.selectors.veil import sentence_of

CLOCK_SLACK = timedelta(minutes=5)  # between the clock that made an id and the database's
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
    business_key: str = "",
    correlation_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> list[MessageRow]:
    """The newest ``limit`` messages that match; ``before`` is the last id of the page before (keyset paging).

    ``state`` is a state of the message, or one of its deliveries ("dead", "in_doubt", …).
    """
    rows = Message.objects.filter(interface_key__in=visible_interfaces(user).values("key"))
    exact = {"interface_key": interface, "business_key": business_key, "correlation_id": correlation_id}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    rows = _within(rows, since, until)
    rows = _in_state(rows, state) if state else rows
    rows = _matching(rows, text) if text else rows
    rows = rows.filter(id__lt=before) if before else rows
    return rows_of(rows.order_by("-id")[:limit], readable=readable_interfaces(user))


def rows_of(messages: Iterable[Message], *, readable: Collection[str]) -> list[MessageRow]:
    """Lines for these messages, in their order: three queries, however many there are.

    ``readable`` are the interfaces whose payloads the reader may read; of others a line holds a general sentence.
    """
    found = list(messages)
    ids = [message.id for message in found]
    states = MessageState.objects.in_bulk(ids)
    routes = _routes(ids)
    return [
        _row(message, states[message.id], routes[message.id], message.interface_key in readable) for message in found
    ]


def _within(rows: QuerySet[Message], since: datetime | None, until: datetime | None) -> QuerySet[Message]:
    """Bounded by id too, so that PostgreSQL reads only the partitions of that time."""
    if since:
        rows = rows.filter(received_at__gte=since, id__gte=floor_of(since - CLOCK_SLACK))
    if until:
        rows = rows.filter(received_at__lt=until, id__lt=floor_of(until + CLOCK_SLACK))
    return rows


def _in_state(rows: QuerySet[Message], state: str) -> QuerySet[Message]:
    if state in list(MessageStatus):
        return rows.filter(id__in=MessageState.objects.filter(state=state).values("id"))
    if state in (DeliveryStatus.CONFIRMED, DeliveryStatus.CANCELLED):
        return rows.filter(id__in=ClosedDelivery.objects.filter(state=state).values("message_id"))
    return rows.filter(id__in=Delivery.objects.filter(state=state).values("message_id"))


def _matching(rows: QuerySet[Message], text: str) -> QuerySet[Message]:
    """A part of the business key, of the ordering key or of the event type, or a whole id."""
    wanted = (
        Q(business_key__icontains=text)
        | Q(ordering_key__icontains=text)
        | Q(event_type__icontains=text)
        | Q(correlation_id=text)
        | Q(idempotency_key=text)
    )
    with suppress(ValueError):
        wanted |= Q(id=UUID(text))
    return rows.filter(wanted)


def _routes(ids: list[UUID]) -> dict[UUID, list[Delivery | ClosedDelivery]]:
    found: dict[UUID, list[Delivery | ClosedDelivery]] = defaultdict(list)
    for model in (ClosedDelivery, Delivery):
        for delivery in model.objects.filter(message_id__in=ids).order_by("id"):
            found[delivery.message_id].append(delivery)
    return found


def _row(message: Message, state: MessageState, deliveries: list[Any], may_read: bool) -> MessageRow:
    routes = tuple(_route(one, may_read) for one in sorted(deliveries, key=lambda one: one.id))
    failed = [route for route in routes if route.reason]
    worst = next((route for kind in STANDING_WORST_FIRST for route in failed if route.state == kind), None)
    return MessageRow(
        id=message.id,
        interface_key=message.interface_key,
        state=state.state,
        business_key=message.business_key,
        event_type=message.event_type,
        correlation_id=message.correlation_id,
        received_at=message.received_at,
        source_system=message.source_system,
        reason=state.reason or (worst.reason if worst else ""),
        sentence=sentence_of(state.reason, state.sentence, may_read=may_read) or (worst.sentence if worst else ""),
        routes=routes,
    )


def _route(delivery: Any, may_read: bool) -> RouteState:
    return RouteState(
        route=delivery.route_key,
        state=delivery.state,
        attempts=delivery.attempts,
        reason=delivery.reason,
        sentence=sentence_of(delivery.reason, delivery.sentence, may_read=may_read),
        external_id=delivery.external_id,
        external_url=delivery.external_url,
    )
