"""Replay plans: what would be replayed, the frozen list, a second person's approval, an outcome a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance import audit
from governance.errors import NotAllowed, NotFound, Refused
from hub.console.doors import act, page
from hub.console.forms import ReplayForm
from hub.flow import replay
from hub.models import ClosedDelivery, Delivery, Message, MessageState, ReplayItem, ReplayPlan
from hub.models.replay import ReplayMode, ReplayState
from hub.permissions import (
    check_may_operate,
    interface_for,
    may_operate,
    may_read_payload,
    readable_interfaces,
    visible_interfaces,
)
from hub.selectors import messages, veil

SAMPLES = 10


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """Plans of the user's interfaces: those that wait for a second person first, then the newest."""
    visible = visible_interfaces(request.user).values("key")
    plans = list(ReplayPlan.objects.filter(interface_key__in=visible).order_by("-planned_at")[:100])
    return render(request, "hub/replays/list.html", {"plans": sorted(plans, key=lambda plan: plan.state != "planned")})


@require_POST
@page
def new(request: HttpRequest) -> HttpResponse:
    """What would be replayed: count, samples, mode and reason. With ``go`` the plan is frozen."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _asked(request, form)
    rows = _allowed(request, form.cleaned_data["message"])
    if "go" not in request.POST:
        return _asked(request, form, rows)
    given = form.cleaned_data
    try:
        plan = replay.plan(message_ids=given["message"], mode=given["mode"], by=request.user, reason=given["reason"])
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        audit.record_refusal("replay.plan", refused, by=request.user, subject=("interface", rows[0].interface_key))
        form.refuse(refused)
        return _asked(request, form, rows)
    notes.success(request, "The plan waits for a second person." if plan.needs_second_person else "The plan has run.")
    return redirect("replay", plan.id)


@require_safe
@page
def show(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The frozen list with an outcome a row."""
    plan = _plan(request.user, plan_id)
    items = list(plan.items.all()[:500])
    may_read = may_read_payload(request.user, interface_for(request.user, plan.interface_key))
    ids = [one.message_id for one in items]
    keys = dict(Message.objects.filter(id__in=ids).values_list("id", "business_key"))
    now = _now(items)
    shown = {
        "plan": plan,
        "mode": ReplayMode(plan.mode).label,
        "rows": [
            {
                "item": one,
                "sentence": veil.outcome_of(one, may_read=may_read),
                "key": keys.get(one.message_id, ""),
                "now": now.get(one.delivery_id or one.message_id, ""),
            }
            for one in items
        ],
        "why_not": _why_not(request.user, plan),
        "crumbs": [("Replays", reverse("replays"))],
    }
    return render(request, "hub/replays/detail.html", shown)


def _now(items: Sequence[ReplayItem]) -> dict[UUID, str]:
    """Where each item stands now: the delivery that is meant, or the whole message."""
    deliveries = [one.delivery_id for one in items if one.delivery_id]
    found: dict[UUID, str] = {}
    for model, ids in (
        (MessageState, [one.message_id for one in items if not one.delivery_id]),
        (Delivery, deliveries),
        (ClosedDelivery, deliveries),
    ):
        found |= dict(model.objects.filter(id__in=ids).values_list("id", "state"))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page
def approve(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The second person: approves the frozen plan, and it runs."""
    plan = _plan(request.user, plan_id)
    check_may_operate(request.user, interface_for(request.user, plan.interface_key))
    if request.method != "POST" and plan.state != ReplayState.PLANNED:
        notes.info(request, "This plan waits for no approval any more.")
        return redirect("replay", plan_id)
    shown = {
        "title": f"Approve the replay of {plan.size}",
        "says": f"{plan.planned_by['name']} planned it: {ReplayMode(plan.mode).label.lower()}. Approving runs it now.",
        "facts": [
            ("Their reason", plan.reason),
            *([("Release", f"{plan.release.number}, in force when it was planned")] if plan.release else []),
            ("Digest of the frozen list", plan.digest),
        ],
        "button": "Approve and run",
        "crumbs": [("Replays", reverse("replays")), (str(plan.id)[:8], reverse("replay", args=[plan.id]))],
    }
    return act(
        request,
        name="replay.approve",
        subject=("replay", str(plan_id)),
        do=lambda **given: replay.approve(plan_id=plan_id, **given),
        done="Approved. The plan has run; each row says what became of it.",
        back=reverse("replay", args=[plan_id]),
        shown=shown,
    )


def _asked(request: HttpRequest, form: ReplayForm, rows: list[Message] | None = None) -> HttpResponse:
    """The page between choosing and doing."""
    found = rows or []
    interface = interface_for(request.user, found[0].interface_key) if found else None
    shown = {
        "form": form,
        "count": len(found),
        "samples": messages.rows_of(found[:SAMPLES], readable=readable_interfaces(request.user)),
        "interface": interface,
        "mode": dict(ReplayMode.choices).get(form.data.get("mode", ""), ""),
        "back": reverse("exceptions"),
    }
    return render(request, "hub/replays/new.html", shown, status=422 if form.errors else 200)


def _allowed(request: HttpRequest, ids: list[UUID]) -> list[Message]:
    """These messages, all of interfaces that the user may operate; else NotFound or NotAllowed."""
    rows = list(Message.objects.filter(id__in=ids).order_by("id"))
    if len(rows) != len(set(ids)):
        raise NotFound("There is no such message.")
    for key in {row.interface_key for row in rows}:
        check_may_operate(request.user, interface_for(request.user, key))
    return rows


def _plan(user: Any, plan_id: UUID) -> ReplayPlan:
    plan = ReplayPlan.objects.filter(id=plan_id).first()
    if plan is None:
        raise NotFound(f"There is no replay plan {plan_id}.")
    interface_for(user, plan.interface_key)
    return plan


def _why_not(user: Any, plan: ReplayPlan) -> str:
    """Why this person cannot approve it now; "" where they can."""
    if plan.planned_by["id"] == str(user.pk):
        return "A second person must approve this: you planned it yourself."
    if not may_operate(user, interface_for(user, plan.interface_key)):
        return f"You may look at {plan.interface_key}, but not operate it."
    return ""
