"""The audit trail over the API, as far as the user may read it."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.protocol.fields import Choice, Identity, Moment, Text
from governance.api.protocol.operation import operation
from governance.api.protocol.paging import PAGING, page
from governance.audit import TEMPLATES
from governance.errors import NotFound
from hub.api import shapes
from hub.api.base import HubView
from hub.selectors.trail import audit

FILTERS = (
    Choice(name="kind", help="Kind of act.", choices=lambda: sorted(TEMPLATES), example="interface.paused"),
    Text(name="subject", help="Key or id of what was acted on, or key of its interface.", most=160, example="IF-001"),
    Text(name="actor", help="A part of the name, or the id, of who acted.", most=160, example="Olga"),
    Text(name="text", help="A part of the sentence or of the reason, or a change request.", most=200),
    Moment(name="since", help="Recorded at this time or later.", example="2026-11-21T00:00:00Z"),
    Moment(name="until", help="Recorded before this time.", example="2026-11-22T00:00:00Z"),
)
EVENT_ID = Identity(name="event_id", help="Id of the event.", example="01980000-0000-7000-8000-000000000005")


class EventList(HubView):
    """``GET audit-events``"""

    @operation(
        "List the audit events",
        answer=shapes.EventLine,
        is_page=True,
        query=(*FILTERS, *PAGING),
        description="Of your interfaces, of your own acts and, for persons, of what is governed; the newest first.",
    )
    def get(self, request: Request) -> Response:
        wanted = {one.name: self.asked[one.name] for one in FILTERS}
        return page(
            request, audit.events(request.user, **wanted), self.asked, lambda row: asdict(shapes.event_line(row))
        )


class EventDetail(HubView):
    """``GET audit-events/{id}``"""

    path = (EVENT_ID,)

    @operation("Read one audit event", answer=shapes.EventLine, refusals=(404,))
    def get(self, request: Request, event_id: UUID) -> Response:
        found = audit.events(request.user).filter(id=event_id).first()
        if found is None:
            raise NotFound(f"There is no audit event {event_id}.", field="event", value=str(event_id))
        return Response(asdict(shapes.event_line(found)))
