"""Submission: the change is frozen, its risk and impact are found, its evidence is run, its policies are pinned."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from governance import audit
from governance.actors import actor_of
from governance.changes import kinds, transitions
from governance.changes.choosing import policies, policies_stay
from governance.changes.impact import Impact
from governance.changes.releasing.release import release
from governance.changes.weighing import evidence, reach
from governance.changes.weighing.risk import Risk, risk_of
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState


def put_in(request: ChangeRequest, by: Any) -> None:
    """Submit an open draft that was just checked, in the open change.

    Where no policy is in force, what a person drafted is released at once; what a system drafted waits for a person.
    """
    policies_stay.check(request)
    risk = _assess(request)
    needed = policies.required(request.operations.all(), risk)
    if needed is None:
        if actor_of(by).kind != "service_account":
            release(change_request=request, by=by)
        return
    request.policy = ", ".join(needed["policies"])[:200]
    request.path = transitions.EMERGENCY if request.is_emergency else needed["path"]
    request.requirement, request.stopped_because = needed, ""
    evidence.gather(request, by)
    _freeze(request, by)
    audit.record("change.submitted", subject=("change", request.number), risk=risk.level, policy=request.policy)


def risk_now(request: ChangeRequest, impact: Impact) -> Risk:
    """The risk of what it changes beside what that reaches."""
    operations = list(request.operations.all())
    return risk_of(
        change_kinds=[one.change_kind for one in operations],
        criticalities=[impact.highest_criticality],
        detectabilities=[kinds.get(one.kind).detectability(one.content or {}) for one in operations],
    )


def _assess(request: ChangeRequest) -> Risk:
    submission = request.assessment.get("submission", 0) + 1
    request.assessment = {"submission": submission}
    impact = reach.look(request, "submit", is_basis=True)
    risk = risk_now(request, impact)
    request.assessment = {"submission": submission, **risk.as_facts()}
    request.change_kind, request.risk = risk.change_kind, risk.level
    return risk


def _freeze(request: ChangeRequest, by: Any) -> None:
    """On the short path it waits for its signatures where it is; on the others it is assessed now."""
    when = {"submitted_at": timezone.now(), "submitted_by": actor_of(by).frozen()}
    if ChangeState.ASSESSED in transitions.PATHS[request.path]:
        transitions.move(request, ChangeState.ASSESSED, **when)
        return
    for name, value in when.items():
        setattr(request, name, value)
    request.save()
