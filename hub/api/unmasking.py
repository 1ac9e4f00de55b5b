"""Protected values of one stage of one message, for a person who says why. Only this one answer is without the mask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.protocol.fields import Choice, Identity
from governance.api.protocol.operation import operation
from governance.errors import NotFound, Refused
from hub.api.base import MESSAGE_ID, REASON, HubView
from hub.models import Message
from hub.permissions import check_may_unmask
from hub.selectors.record import trace
from hub.services import looks

STAGE = Choice(
    name="stage",
    help="As it was received, as the canonical entity, as it was sent; or the story with its values.",
    choices=(*trace.STAGES, "values"),
    required=True,
    example="received",
)
DELIVERY = Identity(name="delivery", help="Of `sent`: which delivery. The newest without it.")


class Unmask(HubView):
    """``POST messages/{id}/unmask`` {stage, reason}"""

    path = (MESSAGE_ID,)

    @operation(
        "Unmask the protected values of a message",
        answer={"description": "The bytes as they are stored; of `values` the story of the message."},
        example={"sample": "S-1", "inspector": {"name": "Anna Muster"}},
        body=(STAGE, DELIVERY, REASON),
        refusals=(404,),
        act="payload.unmask",
        description="For persons with the right to unmask, in this one answer only: who, what and why stay in the "
        "audit trail. A service account is refused: it reads what is stored by `GET …/payload`, and unmasks nothing.",
    )
    def post(self, request: Request, message_id: UUID) -> HttpResponseBase:
        given = self.body()
        message, interface = self.message(message_id)
        check_may_unmask(request.user, interface)
        if given["delivery"] and given["stage"] != "sent":
            raise Refused("delivery is taken only with the stage sent.", field="delivery", rule="with stage=sent")
        content = _content(message, given["stage"], given["delivery"])
        looks.unmask(message_id=message_id, stage=given["stage"], by=request.user, reason=given["reason"], source="api")
        if not isinstance(content, bytes):
            return Response(content, headers={"Cache-Control": "no-store"})
        return HttpResponse(content, content_type="application/json", headers={"Cache-Control": "no-store"})


def _content(message: Message, stage: str, delivery_id: UUID | None) -> bytes | dict[str, Any]:
    """Read before it is recorded: nobody unmasks what is not there."""
    if stage == "values":
        story = asdict(trace.trace_of(message, may_read=True, unmasked=True))
        del story["mask"]
        return story
    content = trace.payload_of(message, stage, delivery_id)
    if content is None:
        raise NotFound(f"Message {message.id} has no payload as {stage}.", field="stage", value=stage, rule="stored")
    return content
