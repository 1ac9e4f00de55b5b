"""A replay tried dry: how many, which, and what would be sent, before a plan is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from dictionary.values import json
from governance.api.openapi.shapes import said
from governance.api.protocol.operation import operation
from hub.api.base import HubView, interfaces_of
from hub.api.replays import MESSAGES, MODE
from hub.flow.replaying import replay
from hub.models import Interface, Message
from hub.permissions import check_may_operate, may_read_payload, readable_interfaces
from hub.selectors.mending.rehearsal import Rehearsed
from hub.selectors.record import messages
from hub.services import dry_runs


@dataclass(frozen=True, slots=True)
class WouldBe:
    """What one route of a message would get. Values of protected data classes are masked."""

    message_id: UUID
    business_key: Annotated[str, said("The key of the record, masked where it is protected.", "S-1")]
    route: Annotated[str, said("Key of the route; empty where no route is reached.", "qms")]
    outcome: Annotated[str, said("same, changed, new, later, none, still_wrong or left.", "new")]
    sentence: Annotated[str, said("For a person; empty where it would be sent.", "")]
    before: Annotated[Any, said("What was sent last; null where nothing was.", None)]
    after: Annotated[Any, said("What would be sent now; null where nothing would.", {"sample": "S-1"})]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a plan of these messages would do. Nothing was written and nothing was sent."""

    interface: Annotated[str, said("Key of the interface.", "IF-001")]
    mode: Annotated[str, said("How it would be replayed.", "current_release")]
    count: Annotated[int, said("How many messages the plan would hold.", 12)]
    needs_second_person: Annotated[bool, said("Whether somebody else would have to approve it.", True)]
    samples: Annotated[list[messages.MessageRow], said("The first ten messages.")]
    tried: Annotated[int, said("How many of them were tried; the first 200 at the most.", 12)]
    outcomes: Annotated[dict[str, int], said("How many routes have each outcome.", {"new": 11, "still_wrong": 1})]
    wrong: Annotated[list[WouldBe], said("The first ten that would not go.")]
    differences: Annotated[list[WouldBe], said("The first three that would be sent otherwise than before.")]
    why_not_tried: Annotated[str, said("Why nothing was tried; empty where it was.", "")]


class DryRuns(HubView):
    """``POST replays/dry-run`` {messages: [id], mode}"""

    @operation(
        "Try a replay dry",
        answer=DryRun,
        body=(MESSAGES, replace(MODE, required=True)),
        refusals=(404,),
        act="replay.dry_run",
        description="Refuses what `POST /api/v1/replays` would refuse. Writes and sends nothing; that you looked at "
        "what would be sent is recorded. Protected values are masked for everybody.",
    )
    def post(self, request: Request) -> HttpResponse:
        given = self.body()
        for one in interfaces_of(request.user, given["messages"]):
            check_may_operate(request.user, one)
        interface = replay.check(given["messages"], given["mode"])
        shown = _shown(request.user, interface, sorted(set(given["messages"])), given["mode"])
        return HttpResponse(json.dumps(asdict(shown)), content_type="application/json")  # each number as it is


def _shown(user: Any, interface: Interface, ids: list[UUID], mode: str) -> DryRun:
    first = sorted(Message.objects.filter(id__in=ids[: dry_runs.SAMPLES]), key=lambda row: row.id)
    found = dry_runs.DryRun(0, {}, (), ())
    may_read = may_read_payload(user, interface)
    if may_read:
        found = dry_runs.run(interface=interface, message_ids=ids, mode=mode, by=user, source="api")
    return DryRun(
        interface=interface.key,
        mode=mode,
        count=len(ids),
        needs_second_person=interface.is_gxp,
        samples=messages.rows_of(first, readable=readable_interfaces(user)),
        tried=found.tried,
        outcomes=dict(found.outcomes),
        wrong=[_would_be(one) for one in found.wrong],
        differences=[_would_be(one) for one in found.differing],
        why_not_tried="" if may_read else dry_runs.why_not(interface),
    )


def _would_be(one: Rehearsed) -> WouldBe:
    before, after = (json.loads(content) if content else None for content in (one.before, one.after))
    return WouldBe(one.message_id, one.business_key, one.route, one.outcome, one.sentence, before, after)
