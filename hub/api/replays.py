"""Replay plans over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from governance.errors import NotFound
from hub.api.base import HubView, identity, interfaces_of
from hub.flow import replay
from hub.models import ReplayItem, ReplayPlan
from hub.permissions import check_may_operate, interface_for, readable_interfaces, visible_interfaces
from hub.selectors import veil


class ReplayList(HubView):
    """``GET replays``; ``POST replays`` {messages: [id], mode, reason} freezes a plan, and runs it unless it is GxP."""

    act = "replay.plan"

    def get(self, request: Request) -> Response:
        self.query()
        visible = visible_interfaces(request.user).values("key")
        plans = (
            ReplayPlan.objects.filter(interface_key__in=visible).select_related("release").order_by("-planned_at")[:100]
        )
        return Response({"results": [_shown(plan) for plan in plans]})

    def post(self, request: Request) -> Response:
        fields = self.body(messages=list, mode=str, reason=str)
        ids = [identity(text, "messages") for text in fields["messages"]]
        replay.check_plan(ids, fields["mode"])
        for interface in interfaces_of(request.user, ids):
            check_may_operate(request.user, interface)
        plan = replay.plan(message_ids=ids, mode=fields["mode"], by=request.user, reason=fields["reason"])
        return Response(_detailed(request, plan), status=201)


class ReplayDetail(HubView):
    """``GET replays/{id}``: the frozen list with an outcome a row."""

    def get(self, request: Request, plan_id: UUID) -> Response:
        return Response(_detailed(request, _plan(request, plan_id)))


class Approve(HubView):
    """``POST replays/{id}/approve`` {reason}: the second person."""

    act = "replay.approve"

    def post(self, request: Request, plan_id: UUID) -> Response:
        fields = self.body(reason=str)
        plan = _plan(request, plan_id)
        check_may_operate(request.user, interface_for(request.user, plan.interface_key))
        done = replay.approve(plan_id=plan_id, by=request.user, reason=fields["reason"])
        return Response(_detailed(request, done))


def _plan(request: Request, plan_id: UUID) -> ReplayPlan:
    visible = visible_interfaces(request.user).values("key")
    found = ReplayPlan.objects.filter(id=plan_id, interface_key__in=visible).first()
    if found is None:
        raise NotFound(f"There is no replay plan {plan_id}.", field="plan", value=str(plan_id))
    return found


def _shown(plan: ReplayPlan) -> dict[str, Any]:
    return {
        "id": str(plan.id),
        "interface": plan.interface_key,
        "mode": plan.mode,
        "state": plan.state,
        "reason": plan.reason,
        "release": plan.release.number if plan.release else None,
        "size": plan.size,
        "digest": plan.digest,
        "planned_by": plan.planned_by["name"],
        "planned_at": plan.planned_at,
        "needs_second_person": plan.needs_second_person,
        "approved_by": plan.approved_by["name"] if plan.approved_by else None,
    }


def _detailed(request: Request, plan: ReplayPlan) -> dict[str, Any]:
    may_read = plan.interface_key in readable_interfaces(request.user)
    return {**_shown(plan), "items": [_item(item, may_read) for item in plan.items.all()]}


def _item(item: ReplayItem, may_read: bool) -> dict[str, Any]:
    return {
        "position": item.position,
        "message_id": item.message_id,
        "delivery_id": item.delivery_id,
        "outcome": item.outcome,
        "sentence": veil.outcome_of(item, may_read=may_read),
    }
