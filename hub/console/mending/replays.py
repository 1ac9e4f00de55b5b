"""Replay plans: the list, one plan with its progress, its signatures and an outcome a row, stop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from governance.errors import NotFound
from governance.signing import manifestation
from governance.signing.judge import why_not as why_not_sign
from hub.console.doors import act, page
from hub.console.listing import answer
from hub.console.mending.replay_list import LISTING
from hub.flow.replaying import replay_work
from hub.models import ReplayPlan
from hub.models.replay import ReplayMode, ReplayState
from hub.permissions import (
    check_may_operate,
    interface_for,
    may_operate,
    may_read_payload,
)
from hub.selectors.mending import replays

PAGE = 200  # items
OUTCOMES = ("queued", "left", "still_wrong", replays.NOT_REACHED)
MOVING = (ReplayState.RUNNING, ReplayState.APPROVED)
STOPPABLE = (ReplayState.PLANNED, ReplayState.RUNNING)


@require_safe
@page
def index(request: HttpRequest) -> HttpResponseBase:
    """Plans of the user's interfaces, the newest first; how many wait for a second person stands above."""
    return answer(request, LISTING, "hub/replays/list.html", lambda rows: {"waiting": replays.waiting(request.user)})


@require_safe
@page
def show(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The frozen list with an outcome a row; ``?outcome=`` narrows it, ``?from=`` is the position to begin at."""
    plan = _plan(request.user, plan_id)
    problems = _problems(request)
    outcome, start = ("", 0) if problems else (request.GET.get("outcome", ""), int(request.GET.get("from") or 0))
    may_read = may_read_payload(request.user, interface_for(request.user, plan.interface_key))
    rows = replays.lines(plan, outcome=outcome, start=start, limit=PAGE, may_read=may_read)
    is_open = plan.state == ReplayState.PLANNED
    shown = {
        "plan": plan,
        "mode": ReplayMode(plan.mode).label,
        "progress": replays.progress_of(plan),
        "is_moving": plan.state in MOVING,
        "is_stoppable": plan.state in STOPPABLE,
        "rows": rows,
        "outcome": outcome,
        "next": rows[-1].item.position + 1 if len(rows) == PAGE else None,
        "problems": problems,
        "why_not": why_not_sign(("replay", str(plan.id)), "approved", request.user) if is_open else "",
        "signatures": manifestation.rows_of("replay", str(plan.id)),
        "why_not_stop": _why_not_operate(request.user, plan),
        "crumbs": [("Replays", reverse("replays"))],
    }
    return render(request, "hub/replays/detail.html", shown, status=400 if problems else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def stop(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Stop a plan that runs, or withdraw one that waits."""
    plan = _plan(request.user, plan_id)
    check_may_operate(request.user, interface_for(request.user, plan.interface_key))
    progress = replays.progress_of(plan)
    shown = {
        "title": f"Stop the replay of {plan.size}",
        "says": f"{progress.reached} of {plan.size} items have been reached and stay as they are. "
        "The others are left alone: dead stays dead, quarantined stays quarantined.",
        "button": "Stop it",
    }
    return _acted(
        request,
        plan,
        "replay.stop",
        lambda **given: replay_work.stop(plan_id=plan_id, **given),
        "Stopped. What was not reached stays as it was.",
        shown,
    )


def _acted(
    request: HttpRequest, plan: ReplayPlan, name: str, do: Any, done: str, shown: dict[str, Any]
) -> HttpResponse:
    back = reverse("replay", args=[plan.id])
    return act(
        request,
        name=name,
        subject=("replay", str(plan.id)),
        do=do,
        done=done,
        back=back,
        shown={**shown, "crumbs": [("Replays", reverse("replays")), (str(plan.id)[:8], back)]},
    )


def _problems(request: HttpRequest) -> list[str]:
    """What of the query string could not be understood, in sentences."""
    found = [f"The filter “{name[:40]}” is not known here; known are: outcome, from." for name in request.GET
             if name not in ("outcome", "from")]  # fmt: skip
    outcome, start = request.GET.get("outcome", ""), request.GET.get("from", "")
    if outcome and outcome not in OUTCOMES:
        found.append(f"There is no outcome “{outcome[:40]}”; there are: {', '.join(OUTCOMES)}.")
    if start and not (start.isascii() and start.isdecimal() and len(start) < 7):
        found.append(f"from is “{start[:40]}”; it takes a position in the list.")
    return found


def _plan(user: Any, plan_id: UUID) -> ReplayPlan:
    plan = ReplayPlan.objects.select_related("release").filter(id=plan_id).first()
    if plan is None:
        raise NotFound(f"There is no replay plan {plan_id}.")
    interface_for(user, plan.interface_key)
    return plan


def _why_not_operate(user: Any, plan: ReplayPlan) -> str:
    if not may_operate(user, interface_for(user, plan.interface_key)):
        return f"You may look at {plan.interface_key}, but not operate it."
    return ""
