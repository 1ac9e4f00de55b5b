"""Messages: found by business key, state, time; each with its whole trace and its payloads."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.openapi.shapes import said
from governance.api.protocol.deprecation import Deprecation
from governance.api.protocol.fields import Choice, Identity, Moment, Text
from governance.api.protocol.operation import operation
from governance.api.protocol.paging import PAGING, answer, place_of
from governance.errors import NotFound
from governance.models import ServiceAccount
from hub.api.base import INTERFACE, MESSAGE_ID, REASON, HubView
from hub.flow.replaying import replay_items
from hub.flow.states import DeliveryStatus, MessageStatus, Reason
from hub.permissions import check_may_operate, check_may_read_payload, may_read_payload
from hub.selectors.record import messages, trace
from hub.services.looks import record_look

STATES = tuple(str(one) for one in (*MessageStatus, *DeliveryStatus))
BEFORE = Identity(
    name="before",
    help="Only messages older than the one of this id.",
    deprecated=Deprecation(since=date(2026, 11, 21), until=date(2027, 11, 21), instead="Use cursor."),
)
FILTERS = (
    INTERFACE,
    Choice(name="state", help="Of the message, or of one of its deliveries.", choices=STATES, example="complete"),
    Choice(
        name="reason",
        help="Why it, or one of its open deliveries, does not go on.",
        choices=tuple(str(one) for one in Reason),
        example="unmapped",
    ),
    Text(name="business_key", help="The business key, exactly.", most=200, example="S-1"),
    Text(name="correlation_id", help="The correlation id, exactly.", most=64, example="trace-77"),
    Moment(name="since", help="Received at this time or later.", example="2026-11-21T00:00:00Z"),
    Moment(name="until", help="Received before this time.", example="2026-11-22T00:00:00Z"),
    Text(name="text", help="A part of business key, ordering key or event type, or a whole id.", most=200),
    BEFORE,
)
STAGE = Choice(
    name="stage",
    help="As it was received, as the canonical entity, or as it was sent; received without it.",
    choices=("received", "canonical", "sent"),
    example="received",
)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where it stands after the act."""

    id: UUID
    state: Annotated[str, said("Its state now.", "rejected")]


class MessageList(HubView):
    """``GET messages``: newest first; ``next`` is the address of the following page."""

    @operation(
        "List the messages",
        answer=messages.MessageRow,
        is_page=True,
        query=(*FILTERS, *PAGING),
        description="Those of the interfaces that you may see, the newest first.",
    )
    def get(self, request: Request) -> Response:
        asked = dict(self.asked)
        limit, place = asked.pop("limit"), place_of(asked.pop("cursor"), UUID)
        before = place[0] if place else asked["before"]
        rows = messages.search(request.user, **{**asked, "before": before}, limit=limit + 1)
        following = [rows[limit - 1].id] if len(rows) > limit else None
        return answer(request, map(asdict, rows[:limit]), following)


class MessageDetail(HubView):
    """``GET messages/{id}``: envelope, release, hops, tries, receipts, and each value with its rule."""

    path = (MESSAGE_ID,)

    @operation(
        "Read the whole story of a message",
        answer=trace.Trace,
        refusals=(404,),
        description="Values stand in it only for who may read payloads; that you looked at them is recorded.",
    )
    def get(self, request: Request, message_id: UUID) -> Response:
        message, interface = self.message(message_id)
        may_read = may_read_payload(request.user, interface)
        is_system = isinstance(request.user, ServiceAccount)  # persons unmask in the console, with a reason
        found = trace.trace_of(message, may_read=may_read, unmasked=is_system)
        story = asdict(replace(found, mask=None))
        del story["mask"]
        if may_read:
            record_look(
                by=request.user, message_id=message_id, interface_key=interface.key, stage="values", source="api"
            )
        return Response(story)


class MessagePayload(HubView):
    """``GET messages/{id}/payload?stage=``: the bytes; that somebody looked is recorded.

    A service account gets exactly what is stored; a person gets values of protected data classes masked.
    """

    path = (MESSAGE_ID,)

    @operation(
        "Read the content of a message",
        answer={"description": "The bytes as they are stored."},
        example={"sample": "S-1", "lot": "L-1"},
        query=(STAGE, Identity(name="delivery", help="Of `sent`: which delivery. The newest without it.")),
        refusals=(404, 422),
        act="payload.view",
        description="That you looked is recorded.",
    )
    def get(self, request: Request, message_id: UUID) -> HttpResponse:
        stage = self.asked["stage"] or "received"
        message, interface = self.message(message_id)
        check_may_read_payload(request.user, interface)
        is_system = isinstance(request.user, ServiceAccount)
        read = trace.payload_of if is_system else trace.masked_payload_of
        content = read(message, stage, self.asked["delivery"])
        if content is None:
            raise NotFound(
                f"Message {message_id} has no payload as {stage}.", field="stage", value=stage, rule="stored"
            )
        record_look(by=request.user, message_id=message_id, interface_key=interface.key, stage=stage, source="api")
        return HttpResponse(content, content_type="application/json", headers={"Cache-Control": "no-store"})


class Reject(HubView):
    """``POST messages/{id}/reject`` {reason}: closes a quarantined message."""

    path = (MESSAGE_ID,)

    @operation("Close a quarantined message", answer=Moved, body=(REASON,), refusals=(404, 409), act="message.reject")
    def post(self, request: Request, message_id: UUID) -> Response:
        given = self.body()
        _, interface = self.message(message_id)
        check_may_operate(request.user, interface)
        replay_items.reject(message_id=message_id, by=request.user, reason=given["reason"])
        return Response({"id": str(message_id), "state": MessageStatus.REJECTED})
