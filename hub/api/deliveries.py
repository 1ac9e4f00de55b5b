"""Open deliveries: two persons decide what is in doubt, one gives up what is dead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.openapi.shapes import said
from governance.api.protocol.fields import Choice, Identity, Text
from governance.api.protocol.operation import operation
from governance.errors import NotFound
from governance.models import AuditEvent
from hub.api.base import REASON, HubView
from hub.api.messages import Moved
from hub.flow.replaying import replay_items
from hub.flow.sending.resolve import DECISIONS
from hub.models import Delivery
from hub.permissions import check_may_approve, check_may_operate, visible_interfaces
from hub.selectors.mending import exceptions
from hub.services import decisions

DELIVERY_ID = Identity(name="delivery_id", help="Id of the delivery.", example="01980000-0000-7000-8000-000000000002")
DECISION = Choice(
    name="decision", help="What was found at the target.", choices=DECISIONS, required=True, example="it_arrived"
)
EXTERNAL_ID = Text(name="external_id", help="The id that the target gave it, where it arrived.", most=200)
PROPOSAL = Identity(
    name="proposal",
    help="Id of the proposal that you were shown.",
    required=True,
    example="01980000-0000-7000-8000-000000000003",
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the first person found at the target, with the id that the second person confirms."""

    id: UUID
    proposal: UUID
    decision: Annotated[str, said("What was found.", "it_arrived")]
    external_id: Annotated[str, said("The id at the target.", "42")]
    by: Annotated[str, said("Who said it.", "Olga Brandt")]
    reason: Annotated[str, said("Why they are sure.", "I looked at the target")]
    state: Annotated[str, said("Always proposed.", "proposed")] = "proposed"


class DeliveryView(HubView):
    """An act on one open delivery."""

    path = (DELIVERY_ID,)

    def delivery(self, delivery_id: UUID, check: Callable[..., None] = check_may_operate) -> Delivery:
        found = Delivery.objects.filter(id=delivery_id).first()
        mine = visible_interfaces(self.request.user).filter(key=found.interface_key).first() if found else None
        if found is None or mine is None:  # one sentence for both: what is somebody else's does not exist
            raise NotFound(f"There is no open delivery {delivery_id}.", field="delivery", value=str(delivery_id))
        check(self.request.user, mine)
        return found


class Decision(DeliveryView):
    """``POST deliveries/{id}/decision`` {decision, reason, external_id}: what the first person found at the target.

    ``GET`` shows the second person what was said, with the id of the proposal that they would confirm.
    """

    @operation("Read what was said about a doubt", answer=Said, refusals=(404,), act="delivery.decide")
    def get(self, request: Request, delivery_id: UUID) -> Response:
        found = exceptions.proposed_decision(self.delivery(delivery_id, check_may_approve))
        return Response(asdict(_said(delivery_id, found)))

    @operation(
        "Say what was found at the target",
        answer=Said,
        body=(DECISION, EXTERNAL_ID, REASON),
        refusals=(404, 409),
        act="delivery.decide",
        description="Changes nothing until a second person confirms it.",
    )
    def post(self, request: Request, delivery_id: UUID) -> Response:
        given = self.body()
        self.delivery(delivery_id)
        made = decisions.propose(delivery_id=delivery_id, by=request.user, **given)
        return Response(asdict(_said(delivery_id, made)))


class DecisionConfirmed(DeliveryView):
    """``POST deliveries/{id}/decision/confirm`` {proposal, reason}: the second person, signed in as themselves.

    ``proposal`` is the id of what they were shown; 409 where it is not the newest any more.
    """

    @operation(
        "Confirm what another person said",
        answer=Moved,
        body=(PROPOSAL, REASON),
        refusals=(404, 409),
        act="delivery.decide",
    )
    def post(self, request: Request, delivery_id: UUID) -> Response:
        given = self.body()
        self.delivery(delivery_id, check_may_approve)
        decisions.confirm(delivery_id=delivery_id, proposal=given["proposal"], by=request.user, reason=given["reason"])
        return Response({"id": str(delivery_id), "state": "decided"})


class Cancel(DeliveryView):
    """``POST deliveries/{id}/cancel`` {reason}: gives up a dead delivery."""

    @operation("Give up a dead delivery", answer=Moved, body=(REASON,), refusals=(404, 409), act="delivery.cancel")
    def post(self, request: Request, delivery_id: UUID) -> Response:
        given = self.body()
        self.delivery(delivery_id)
        replay_items.cancel(delivery_id=delivery_id, by=request.user, reason=given["reason"])
        return Response({"id": str(delivery_id), "state": "cancelled"})


def _said(delivery_id: UUID, said: AuditEvent | None) -> Said:
    if said is None:
        raise NotFound(
            "Nobody has said yet what was found at the target.",
            field="delivery",
            value=str(delivery_id),
            rule="somebody has proposed a decision",
        )
    facts = said.facts
    return Said(delivery_id, said.id, facts["decision"], facts["external_id"], said.actor["name"], said.reason)
