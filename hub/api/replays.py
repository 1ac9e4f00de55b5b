"""Replay plans over the API."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.protocol.conditions import IF_CHANGED, IF_MATCH, check_match, tag_of
from governance.api.protocol.fields import Choice, Identity, Listing
from governance.api.protocol.operation import operation
from governance.api.protocol.paging import PAGING, page
from governance.errors import NotAllowed, NotFound
from governance.models import ServiceAccount
from hub.api import shapes
from hub.api.base import INTERFACE, REASON, HubView, interfaces_of
from hub.flow.replaying import replay, replay_work
from hub.models import ReplayPlan
from hub.models.replay import ReplayMode, ReplayState
from hub.permissions import check_may_approve, check_may_operate, interface_for, readable_interfaces, visible_interfaces
from hub.selectors.mending import replays

PLAN_ID = Identity(name="plan_id", help="Id of the plan.", example="01980000-0000-7000-8000-000000000004")
MODE = Choice(name="mode", help="How it is replayed.", choices=tuple(ReplayMode.values), example="current_release")
STATE = Choice(name="state", help="Where the plan stands.", choices=tuple(ReplayState.values), example="planned")
MESSAGES = Listing(
    name="messages",
    help="Ids of messages of one interface, dead or in quarantine.",
    item=Identity(name="messages", help="Id of a message."),
    most=replay.LARGEST_PLAN,
    required=True,
    example=["01980000-0000-7000-8000-000000000001"],
)


class ReplayView(HubView):
    """A plan of an interface that the user may see."""

    def plans(self) -> QuerySet[ReplayPlan]:
        visible = visible_interfaces(self.request.user).values("key")
        return ReplayPlan.objects.filter(interface_key__in=visible).select_related("release")

    def plan(self, plan_id: UUID) -> ReplayPlan:
        found = self.plans().filter(id=plan_id).first()
        if found is None:
            raise NotFound(f"There is no replay plan {plan_id}.", field="plan", value=str(plan_id))
        return found

    def shown(self, plan: ReplayPlan) -> dict:
        may_read = plan.interface_key in readable_interfaces(self.request.user)
        if not isinstance(self.request.user, ServiceAccount):  # persons see protected values in the console only
            may_read = may_read and not replays.has_protected(plan)
        return asdict(shapes.plan_full(plan, may_read=may_read))


class ReplayList(ReplayView):
    """``GET replays``; ``POST replays`` {messages: [id], mode, reason} freezes a plan, and runs it unless it is GxP."""

    @operation(
        "List the replay plans",
        answer=shapes.PlanLine,
        is_page=True,
        query=(INTERFACE, STATE, MODE, *PAGING),
        description="Of the interfaces that you may see, the newest first.",
    )
    def get(self, request: Request) -> Response:
        columns = {"interface": "interface_key", "state": "state", "mode": "mode"}
        wanted = {column: self.asked[name] for name, column in columns.items() if self.asked[name]}
        return page(request, self.plans().filter(**wanted), self.asked, lambda row: asdict(shapes.plan_line(row)))

    @operation(
        "Plan a replay",
        answer=shapes.PlanFull,
        status=201,
        body=(MESSAGES, replace(MODE, required=True), REASON),
        refusals=(404, 409),
        act="replay.plan",
        has_etag=True,
        description="Freezes the list. Where the interface is GxP it waits for a second person, else it runs at once.",
    )
    def post(self, request: Request) -> Response:
        given = self.body()
        for interface in interfaces_of(request.user, given["messages"]):
            check_may_operate(request.user, interface)
        plan = replay.plan(message_ids=given["messages"], mode=given["mode"], by=request.user, reason=given["reason"])
        headers = {"ETag": _tag(plan), "Location": f"/api/v1/replays/{plan.id}"}
        return Response(self.shown(plan), status=201, headers=headers)


class ReplayDetail(ReplayView):
    """``GET replays/{id}``: the frozen list with an outcome a row."""

    path = (PLAN_ID,)

    @operation(
        "Read a replay plan",
        answer=shapes.PlanFull,
        has_etag=True,
        refusals=(404,),
        conditions=(IF_CHANGED,),
        description="The ETag is over the frozen digest and the state: give it to the approval.",
    )
    def get(self, request: Request, plan_id: UUID) -> Response:
        plan = self.plan(plan_id)
        return self.tagged(self.shown(plan), _version(plan))


class Approve(ReplayView):
    """``POST replays/{id}/approve`` {reason}: never granted here. A second person signs on the page of the plan."""

    path = (PLAN_ID,)

    @operation(
        "Approve a replay plan, which runs it",
        answer=shapes.PlanFull,
        body=(REASON,),
        refusals=(404, 409, 412),
        act="replay.approve",
        conditions=(IF_MATCH,),
        has_etag=True,
        description="Always refused: a second person approves it with an electronic signature, on its page.",
    )
    def post(self, request: Request, plan_id: UUID) -> Response:
        self.body()
        plan = self.plan(plan_id)
        check_may_approve(request.user, interface_for(request.user, plan.interface_key))
        check_match(request, _tag(plan))
        raise NotAllowed(
            "A plan is approved with an electronic signature, which a person gives on its page "
            f"({reverse('replay', args=[plan.id])}); nothing is signed over the API.",
            field="by",
            value=str(request.user),
            rule="an electronic signature",
        )


class Stop(ReplayView):
    """``POST replays/{id}/stop`` {reason}: withdraws a plan that waits, or stops one that runs."""

    path = (PLAN_ID,)

    @operation(
        "Stop a replay plan",
        answer=shapes.PlanFull,
        body=(REASON,),
        refusals=(404, 409),
        act="replay.stop",
        has_etag=True,
        description="What has been reached stays as it is; the rest is left alone.",
    )
    def post(self, request: Request, plan_id: UUID) -> Response:
        given = self.body()
        plan = self.plan(plan_id)
        check_may_operate(request.user, interface_for(request.user, plan.interface_key))
        done = replay_work.stop(plan_id=plan_id, by=request.user, reason=given["reason"])
        return Response(self.shown(done), headers={"ETag": _tag(done)})


def _version(plan: ReplayPlan) -> str:
    return f"{plan.digest}.{plan.state}"


def _tag(plan: ReplayPlan) -> str:
    return tag_of(_version(plan))
