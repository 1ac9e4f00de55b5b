"""Large replay plans run in portions: each is one transaction, so that a killed worker loses at most one of them.

What has an outcome is done; what has none is still to come. Whoever ticks takes the next portion of the plan that
waits longest, under the name of the person who stands behind it. A plan that somebody stopped keeps what was done.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.db import OperationalError

from governance import audit
from governance.actors import Actor
from governance.errors import NotFound, Refused
from governance.guard.context import change
from hub.flow.bell import ring
from hub.flow.replaying import replay_run
from hub.flow.replaying.replay_digest import PlanAltered, checked_digest
from hub.models import ReplayPlan
from hub.models.replay import ReplayState
from hub.permissions import check_is_person, check_still_may_operate

log = structlog.get_logger(__name__)

BUDGET_SECONDS = 0.5  # of one tick

RUNNABLE = ReplayState.RUNNING
FAILED = (
    "A fault of the hub ({}) broke it off; its log has the rest. "
    "What was not reached stays as it was: plan the replay of that again."
)


def advance() -> bool:
    """One portion of the oldest plan that is under way; True where there may be more to do.

    A plan that fails is given up: it must not keep other plans, and the tick that takes it along, from their work.
    """
    waiting = ReplayPlan.objects.filter(state=RUNNABLE).order_by("planned_at").first()
    if waiting is None:
        return False
    try:
        is_taken = _advance(waiting)
    except PlanAltered as altered:
        log.error("replay.altered", plan=str(waiting.id), digest=altered.value)
        is_taken = _give_up(waiting, altered.sentence)
    except OperationalError:
        raise  # the database, not the plan
    except Exception as fault:
        log.exception("replay.failed", plan=str(waiting.id))
        is_taken = _give_up(waiting, FAILED.format(type(fault).__name__))
    if is_taken:
        ring()
    return is_taken


def advance_for_a_while() -> None:
    """Portions until the tick's time is up; deliveries go their way in between."""
    deadline = time.monotonic() + BUDGET_SECONDS
    while advance() and time.monotonic() < deadline:
        pass


def _advance(waiting: ReplayPlan) -> bool:
    """False where another worker has the plan, or somebody stopped it."""
    with change(by=_behind(waiting), reason=waiting.reason):
        plan = _locked(waiting)
        if plan is None:
            return False
        checked_digest(plan)
        if not replay_run.run_portion(plan):
            finish(plan)
    return True


def finish(plan: ReplayPlan) -> None:
    """Nothing is left to do: the plan is done, and says how much of it went back. Runs inside the open change."""
    plan.state = ReplayState.DONE
    plan.save()
    audit.record(
        "replay.executed",
        subject=("replay", str(plan.id)),
        interface=plan.interface_key,
        done=plan.items.filter(outcome="queued").count(),
        size=plan.size,
    )


def stop(*, plan_id: Any, by: Any, reason: str) -> ReplayPlan:
    """A person stops a plan that runs, or withdraws one that waits: what has not been reached stays as it is."""
    with change(by=by, reason=reason):
        plan = ReplayPlan.objects.select_for_update(of=("self",)).filter(id=plan_id).first()
        if plan is None:
            raise NotFound(f"There is no replay plan {plan_id}.", field="plan", value=str(plan_id))
        check_is_person(by)
        check_still_may_operate(by, plan.interface_key)
        if plan.state not in (ReplayState.PLANNED, ReplayState.RUNNING):
            raise Refused(
                f"This plan is {plan.get_state_display().lower()} already; there is nothing to stop.",
                field="state",
                value=plan.state,
                rule="planned or running",
            )
        plan.state = ReplayState.STOPPED
        plan.save()
        left = plan.items.filter(outcome="").count()
        audit.record(
            "replay.stopped",
            subject=("replay", str(plan.id)),
            interface=plan.interface_key,
            left=left,
            size=plan.size,
        )
    return plan


def _behind(plan: ReplayPlan) -> Actor:
    """Who stands behind the plan: the one who approved it, or who planned it where nobody had to."""
    frozen = plan.approved_by or plan.planned_by
    return Actor(**{**frozen, "roles": tuple(frozen.get("roles", ()))})


def _locked(waiting: ReplayPlan) -> ReplayPlan | None:
    """The plan's row for this portion alone; None where another worker has it, or somebody stopped it."""
    rows = ReplayPlan.objects.select_for_update(of=("self",), skip_locked=True)
    return rows.select_related("release").filter(id=waiting.id, state=RUNNABLE).first()


def _give_up(plan: ReplayPlan, because: str) -> bool:
    """Nothing more of it runs, and the trail says why; False where another worker has it."""
    with change(by=_behind(plan), reason=plan.reason):
        found = _locked(plan)
        if found is None:
            return False
        found.state = ReplayState.REFUSED
        found.save()
        audit.record("replay.refused", subject=("replay", str(plan.id)), interface=plan.interface_key, because=because)
    return True


audit.describe(
    replay__stopped="{actor} stopped the replay {subject}; {left} of {size} item(s) had not been reached.",
    replay__refused="The replay {subject} was given up: {because}",
)
