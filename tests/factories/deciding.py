"""Real policies, and persons who sign: the path that a change walks in the product, without its pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

import governance
from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose, stages
from governance.changes.releasing.ordering import set_time
from governance.changes.transitions import PATHS
from governance.changes.weighing import owners
from governance.models import ChangeRequest, Person, Signature
from governance.models.change_request import ChangeState
from governance.services import sessions
from governance.services.persons import enrol
from governance.signing import ceremony
from hub.models import ReplayPlan
from tests.factories.cast import PASSWORD

REASON = "Because a test asks for it"


@cache
def starter_policies() -> list[dict[str, Any]]:
    path = Path(governance.__file__).parent / "starter" / "policies.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["approval_policy"]


def put_policies_in_force(cast: SimpleNamespace, author: Person) -> ChangeRequest:
    """The starter policies, decided by their own rules: signed by Rick, Quinn and Olga."""
    wanted = [Operation("approval_policy", one["key"], one) for one in starter_policies()]
    made = propose(operations=wanted, title="The first policies", by=author, reason=REASON)
    return released(cast, author, made.number)


def engineer(username: str = "ivo", full_name: str = "Ivo Keller") -> Person:
    return _enrolled(username, full_name, "integration engineer")


def _enrolled(username: str, full_name: str, role: str) -> Person:
    return enrol(
        username=username, full_name=full_name, password=PASSWORD, roles=[role], by=DEMONSTRATION, reason=REASON
    )


def session_of(person: Person) -> str:
    """A sitting of the person; the same one each time. A system has none."""
    if not isinstance(person, Person):
        return ""
    key = f"sitting-of-{person.username}"
    sessions.opened(person=person, session_key=key, device="Test", address=None, authenticated_by="password")
    return key


def sign(person: Person, number: str, meaning: str, subject: str = "change", reason: str = REASON) -> Signature:
    """One signature, through the whole ceremony."""
    key = session_of(person)
    intent = ceremony.intend(subject=(subject, number), meaning=meaning, by=person, session_key=key)
    return ceremony.sign(
        intent=intent, by=person, session_key=key, username=person.username, password=PASSWORD, reason=reason
    )


def approve_replay(plan: ReplayPlan, by: Any, reason: str = REASON) -> ReplayPlan:
    """The second person signs a replay plan, and it runs."""
    sign(by, str(plan.id), "approved", "replay", reason)
    plan.refresh_from_db()
    return plan


def release_signed(person: Person, number: str, at: Any = None) -> ChangeRequest:
    """The release, signed for a time or for now."""
    if at is not None:
        set_time(number=number, at=at, by=person, reason=REASON)
    sign(person, number, "released", "change_release")
    return ChangeRequest.objects.get(number=number)


def approved(cast: SimpleNamespace, number: str) -> ChangeRequest:
    """Signed by everybody whom the starter policies name: Rick reviews where that is asked for, Quinn approves."""
    request = ChangeRequest.objects.get(number=number)
    disposed(cast, request)
    if any(step["meaning"] == "reviewed" for step in request.requirement["steps"]):
        sign(cast.rick, number, "reviewed")
    sign(cast.quinn, number, "approved")
    return ChangeRequest.objects.get(number=number)


def another_reviewer(username: str = "rena", full_name: str = "Rena Holm") -> Person:
    """Somebody who reviews beside Rick."""
    return _enrolled(username, full_name, "reviewer")


def disposed(cast: SimpleNamespace, request: ChangeRequest, by: Person | None = None) -> None:
    """Rick, or who is named, says of everything critical that it is accepted, where owners are asked now."""
    if owners.are_asked(request):
        for one in owners.undisposed(request):
            kind, key = one.reference
            owners.disposition(
                number=request.number, kind=kind, key=key, verdict="accepted", comment=REASON, by=by or cast.rick
            )


def released(cast: SimpleNamespace, author: Person, number: str) -> ChangeRequest:
    """The whole path to its release, however long it is: planned where it must be, signed by Rick, Quinn and Olga."""
    path = PATHS[ChangeRequest.objects.get(number=number).path]
    if ChangeState.PLANNED in path:
        disposed(cast, ChangeRequest.objects.get(number=number))
        plan = {"rollback": "The earlier revision again.", "success": "Nothing is refused for two weeks."}
        stages.plan(number=number, by=author, reason=REASON, **plan)
    approved(cast, number)
    if ChangeState.READY in path:
        stages.implement(number=number, text="Nothing had to be done elsewhere.", by=author)
        stages.make_ready(number=number, by=author, reason=REASON)
    return release_signed(cast.olga, number)
