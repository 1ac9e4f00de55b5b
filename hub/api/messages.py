"""Messages: found by business key, state, time; each with its whole trace and its payloads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from governance.errors import NotFound, Refused
from governance.models import AuditEvent
from hub.api.base import HubView, identity, moment, page_size
from hub.flow import replay_items
from hub.flow.states import MessageStatus
from hub.models import Delivery
from hub.permissions import check_may_operate, check_may_read_payload, may_read_payload, visible_interfaces
from hub.selectors import exceptions, messages, trace
from hub.services import decisions
from hub.services.looks import record_look

FILTERS = (
    "interface",
    "state",
    "business_key",
    "correlation_id",
    "since",
    "until",
    "text",
    "before",
    "limit",
)
STAGES = ("received", "canonical", "sent")


class MessageList(HubView):
    """``GET messages``: newest first; ``next`` is the address of the following page."""

    def get(self, request: Request) -> Response:
        given = dict(self.query(*FILTERS))
        _check_state(given.get("state", ""))
        limit = page_size(given.pop("limit", None))
        before = given.pop("before", "")
        rows = messages.search(
            request.user,
            since=moment(given.pop("since", None), "since"),
            until=moment(given.pop("until", None), "until"),
            before=identity(before, "before") if before else None,
            limit=limit,
            **given,  # type: ignore[arg-type]
        )
        following = _next(request, rows[-1].id) if len(rows) == limit else None
        return Response({"results": [asdict(row) for row in rows], "next": following})


class MessageDetail(HubView):
    """``GET messages/{id}``: envelope, release, hops, tries, receipts, and each value with its rule."""

    def get(self, request: Request, message_id: UUID) -> Response:
        self.query()
        message, interface = self.message(message_id)
        may_read = may_read_payload(request.user, interface)
        story = asdict(trace.trace_of(message, may_read=may_read))
        if may_read:
            record_look(
                by=request.user, message_id=message_id, interface_key=interface.key, stage="values", source="api"
            )
        return Response(story)


class MessagePayload(HubView):
    """``GET messages/{id}/payload?stage=``: the bytes; that somebody looked is recorded."""

    act = "payload.view"

    def get(self, request: Request, message_id: UUID) -> HttpResponse:
        given = self.query("stage", "delivery")
        stage = given.get("stage", "received")
        if stage not in STAGES:
            known = ", ".join(STAGES)
            raise Refused(
                f"There is no stage {stage!r}; there are: {known}.", field="stage", value=stage, rule=f"one of {known}"
            )
        message, interface = self.message(message_id)
        check_may_read_payload(request.user, interface)
        delivery = given.get("delivery")
        content = trace.payload_of(message, stage, identity(delivery, "delivery") if delivery else None)
        if content is None:
            raise NotFound(
                f"Message {message_id} has no payload as {stage}.", field="stage", value=stage, rule="stored"
            )
        record_look(by=request.user, message_id=message_id, interface_key=interface.key, stage=stage, source="api")
        return HttpResponse(content, content_type="application/json")


class Reject(HubView):
    """``POST messages/{id}/reject`` {reason}: closes a quarantined message."""

    act = "message.reject"

    def post(self, request: Request, message_id: UUID) -> Response:
        fields = self.body(reason=str)
        _, interface = self.message(message_id)
        check_may_operate(request.user, interface)
        replay_items.reject(message_id=message_id, by=request.user, reason=fields["reason"])
        return Response({"id": str(message_id), "state": MessageStatus.REJECTED})


class DeliveryView(HubView):
    """An act on one open delivery."""

    def delivery(self, delivery_id: UUID) -> Delivery:
        found = Delivery.objects.filter(id=delivery_id).first()
        mine = visible_interfaces(self.request.user).filter(key=found.interface_key).first() if found else None
        if found is None or mine is None:  # one sentence for both: what is somebody else's does not exist
            raise NotFound(f"There is no open delivery {delivery_id}.", field="delivery", value=str(delivery_id))
        check_may_operate(self.request.user, mine)
        return found


class Decision(DeliveryView):
    """``POST deliveries/{id}/decision`` {decision, reason, external_id}: what the first person found at the target.

    ``GET`` shows the second person what was said, with the id of the proposal that they would confirm.
    """

    act = "delivery.decide"

    def get(self, request: Request, delivery_id: UUID) -> Response:
        self.query()
        return Response(_proposal(delivery_id, exceptions.proposed_decision(self.delivery(delivery_id))))

    def post(self, request: Request, delivery_id: UUID) -> Response:
        fields = self.body(decision=str, reason=str, external_id_=str)
        self.delivery(delivery_id)
        made = decisions.propose(delivery_id=delivery_id, by=request.user, **fields)
        return Response({**_proposal(delivery_id, made), "state": "proposed"})


class DecisionConfirmed(DeliveryView):
    """``POST deliveries/{id}/decision/confirm`` {proposal, reason}: the second person, signed in as themselves.

    ``proposal`` is the id of what they were shown; 409 where it is not the newest any more.
    """

    act = "delivery.decide"

    def post(self, request: Request, delivery_id: UUID) -> Response:
        fields = self.body(proposal=str, reason=str)
        self.delivery(delivery_id)
        shown = identity(fields["proposal"], "proposal")
        decisions.confirm(delivery_id=delivery_id, proposal=shown, by=request.user, reason=fields["reason"])
        return Response({"id": str(delivery_id), "state": "decided"})


class Cancel(DeliveryView):
    """``POST deliveries/{id}/cancel`` {reason}: gives up a dead delivery."""

    act = "delivery.cancel"

    def post(self, request: Request, delivery_id: UUID) -> Response:
        fields = self.body(reason=str)
        self.delivery(delivery_id)
        replay_items.cancel(delivery_id=delivery_id, by=request.user, reason=fields["reason"])
        return Response({"id": str(delivery_id), "state": "cancelled"})


def _proposal(delivery_id: UUID, said: AuditEvent | None) -> dict[str, Any]:
    if said is None:
        raise NotFound(
            "Nobody has said yet what was found at the target.",
            field="delivery",
            value=str(delivery_id),
            rule="somebody has proposed a decision",
        )
    return {
        "id": str(delivery_id),
        "proposal": str(said.id),
        "decision": said.facts["decision"],
        "external_id": said.facts["external_id"],
        "by": said.actor["name"],
        "reason": said.reason,
    }


def _check_state(state: str) -> None:
    if state and state not in list(MessageStatus):
        known = ", ".join(MessageStatus)
        raise Refused(
            f"There is no state {state!r}; there are: {known}.", field="state", value=state, rule=f"one of {known}"
        )


def _next(request: Request, last: Any) -> str:
    query = request.query_params.copy()
    query["before"] = str(last)
    return request.build_absolute_uri(f"?{query.urlencode()}")
