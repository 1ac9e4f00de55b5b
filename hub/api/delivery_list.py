"""Deliveries as the numbers of the overview count them: those that arrived, those that wait, and one with its tries."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.openapi.shapes import Moment as When
from governance.api.openapi.shapes import said
from governance.api.protocol.fields import Choice, Key, Moment
from governance.api.protocol.operation import operation
from governance.api.protocol.paging import PAGING, answer, place_of
from governance.api.protocol.record import BadValue
from governance.errors import NotFound
from governance.models import ServiceAccount
from governance.permissions import visible_systems
from hub.api.base import INTERFACE, HubView
from hub.api.deliveries import DELIVERY_ID
from hub.models import ClosedDelivery, Delivery, Message
from hub.permissions import may_read_payload
from hub.selectors.record import trace
from hub.selectors.record.journey import DeliveryTrace
from hub.selectors.watching import behind
from hub.selectors.watching.behind import Found, Row, Window
from hub.services.looks import record_look

FILTERS = (
    INTERFACE,
    Key(name="system", help="Key of the system that they went to.", example="qms", visible=visible_systems),
    Choice(
        name="state",
        help="Those that arrived within the last day, or those that wait for the hub; the former without it.",
        choices=("delivered", "waiting"),
        example="delivered",
    ),
    Moment(name="since", help="Arrived at this time or later.", example="2026-11-21T00:00:00Z"),
    Moment(name="until", help="Arrived before this time.", example="2026-11-22T00:00:00Z"),
    Moment(name="at", help="Of `waiting`: those that waited at this time; now without it."),
    Choice(name="order", help="The newest first without it; the slowest are one page.", choices=("slowest",)),
)
# What an answer could not be true to: (name, the filter that it stands against, the value that this must have).
TOGETHER = (
    ("at", "state", "waiting"),
    ("system", "state", "delivered"),
    ("since", "state", "delivered"),
    ("until", "state", "delivered"),
    ("order", "state", "delivered"),
    ("cursor", "order", ""),
)


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery; or a message that was accepted and has no delivery yet: it has its id, and no route."""

    id: UUID
    message_id: UUID
    business_key: Annotated[str, said("The key of the record, masked where it is protected.", "S-1")]
    is_kept: Annotated[bool, said("Whether the message still stands in the hub.", True)]
    interface: Annotated[str, said("Key of the interface.", "IF-001")]
    route: Annotated[str, said("Key of the route; empty where there is none yet.", "qms")]
    state: Annotated[str, said("Where it stands.", "confirmed")]
    attempts: Annotated[int, said("How many tries.", 1)]
    at: Annotated[When, said("When it arrived; when it was made, where it waits.")]
    ms: Annotated[int | None, said("Milliseconds from acceptance to arrival; null where it waits.", 420)]


@dataclass(frozen=True, slots=True)
class DeliveryFull:
    """One delivery, open or closed, with its tries and its receipt."""

    message_id: UUID
    interface: Annotated[str, said("Key of the interface.", "IF-001")]
    delivery: DeliveryTrace


class DeliveryList(HubView):
    """``GET deliveries``"""

    @operation(
        "List the deliveries",
        answer=DeliveryLine,
        is_page=True,
        query=(*FILTERS, *PAGING),
        description="Of the interfaces that you may see, the newest first: the rows behind the overview's numbers. "
        "What is dead or in doubt waits for a person: `GET /api/v1/exceptions` lists it.",
    )
    def get(self, request: Request) -> Response:
        _check_together(self.asked)
        found = _found(request.user, self.asked)
        following = [found.following] if found.following else None
        return answer(request, (asdict(_line(row)) for row in found.rows), following)


class DeliveryDetail(HubView):
    """``GET deliveries/{id}``"""

    path = (DELIVERY_ID,)

    @operation(
        "Read one delivery",
        answer=DeliveryFull,
        refusals=(404,),
        description="Open or closed. Values stand in it only for who may read payloads; that you looked at them is "
        "recorded.",
    )
    def get(self, request: Request, delivery_id: UUID) -> Response:
        row = _row(delivery_id)
        if row is None or not Message.objects.filter(id=row.message_id).exists():
            raise _nothing(delivery_id)
        try:
            message, interface = self.message(row.message_id)
        except NotFound:  # one sentence for what is not there and for what is somebody else's
            raise _nothing(delivery_id) from None
        may_read = may_read_payload(request.user, interface)
        is_system = isinstance(request.user, ServiceAccount)  # as the whole story of the message is shown to it
        story = trace.trace_of(message, may_read=may_read, unmasked=is_system)
        if may_read:
            record_look(
                by=request.user, message_id=message.id, interface_key=interface.key, stage="values", source="api"
            )
        mine = next(one for one in story.deliveries if one.id == delivery_id)
        return Response(asdict(DeliveryFull(message.id, interface.key, mine)))


def _found(user: Any, asked: dict[str, Any]) -> Found:
    window = Window(asked["interface"], asked["system"], asked["since"], asked["until"])
    before, limit = (place_of(asked["cursor"], UUID) or [None])[0], asked["limit"]
    if asked["state"] == "waiting":
        return behind.waiting(user, window, at=asked["at"], before=before, limit=limit)
    if asked["order"]:
        return behind.slowest(user, window, limit=limit)
    return behind.arrived(user, window, before=before, limit=limit)


def _check_together(asked: dict[str, Any]) -> None:
    """A filter that would change nothing is refused: whoever sets it means something by it."""
    said_so = {**asked, "state": asked["state"] or "delivered"}
    for name, other, wanted in TOGETHER:
        if asked[name] and said_so[other] != wanted:
            rule = f"with {other}={wanted}" if wanted else f"without {other}"
            value = asked[name].isoformat() if isinstance(asked[name], datetime) else asked[name]
            raise BadValue(f"{name} is taken only {rule}.", field=name, value=value[:80], rule=rule)


def _row(delivery_id: UUID) -> Delivery | ClosedDelivery | None:
    """Open first: what closes in between is then found as closed."""
    models: tuple[Any, ...] = (Delivery, ClosedDelivery)
    return next((found for one in models if (found := one.objects.filter(id=delivery_id).first())), None)


def _nothing(delivery_id: UUID) -> NotFound:
    return NotFound(f"There is no delivery {delivery_id}.", field="delivery", value=str(delivery_id))


def _line(row: Row) -> DeliveryLine:
    return DeliveryLine(
        id=row.id,
        message_id=row.message_id,
        business_key=row.business_key,
        is_kept=row.is_kept,
        interface=row.interface_key,
        route=row.route,
        state=row.state,
        attempts=row.attempts,
        at=row.at,
        ms=row.ms,
    )
