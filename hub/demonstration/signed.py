"""The demonstration's changes go the way of everybody's: its persons review, approve, release and close them.

Their signatures are marked as those of a demonstration, and made in development only: elsewhere it is not loaded.
"""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

import governance
from governance.actors import DEMONSTRATION
from governance.changes import Operation, stages, transitions
from governance.changes.deciding.standings import PROPOSAL
from governance.changes.told.open_acts import open_signatures
from governance.changes.weighing import owners
from governance.models import ChangeRequest, Person
from governance.models.change_request import ChangeState
from governance.signing.demonstration import sign_as
from hub.demonstration.content import parsed
from hub.demonstration.words import REASON

SIGNERS = {"reviewed": "rick", "acknowledged": "rick", "approved": "quinn", "released": "olga", "closed": "quinn"}
PLAN = {
    "rollback": "The revisions before this one are released again.",
    "success": "Every interface of the demonstration delivers its records.",
}


def policies() -> list[Operation]:
    """The starter policies, which the first of all signed releases brings."""
    path = Path(governance.__file__).parent / "starter" / "policies.yaml"
    contents = parsed(path.read_text(encoding="utf-8"))["approval_policy"]
    return [Operation("approval_policy", one["key"], one) for one in contents]


def release(number: str) -> None:
    """From its submission to its release; nothing where it was released at once."""
    request = ChangeRequest.objects.get(number=number)
    if request.submitted_at is None:
        return
    path = transitions.PATHS[request.path]
    _dispose(request)
    if ChangeState.PLANNED in path:
        stages.plan(number=number, by=DEMONSTRATION, reason=REASON, **PLAN)
    while _sign_next(number, PROPOSAL):
        pass
    if ChangeState.READY in path:
        stages.implement(number=number, text="Nothing had to be done outside the hub.", by=DEMONSTRATION)
        stages.make_ready(number=number, by=DEMONSTRATION, reason=REASON)
    _sign_next(number, "change_release")


def close_all() -> None:
    """Verified, once its persons may see every object, and closed: at once, or when the effectiveness check is due."""
    made = ChangeRequest.objects.filter(author__id=DEMONSTRATION.id).exclude(path=transitions.AT_ONCE)
    for number in made.filter(state=ChangeState.RELEASED).values_list("number", flat=True):
        request = stages.verify(number=number, text="The records of the demonstration arrive.", by=_person("rick"))
        if request.state != ChangeState.EFFECTIVENESS:
            _sign_next(number, "change_closing")
    due = made.filter(state=ChangeState.EFFECTIVENESS, effectiveness_due_at__lte=timezone.now())
    for number in due.values_list("number", flat=True):
        found = {"title": "Effectiveness check", "text": "Every interface delivers its records."}
        stages.attach(number=number, by=DEMONSTRATION, reason=REASON, **found)
        _sign_next(number, "change_closing")


def _dispose(request: ChangeRequest) -> None:
    if request.state != ChangeState.ASSESSED:
        return
    for one in owners.undisposed(request):
        kind, key = one.reference
        said = {"verdict": "accepted", "comment": "It is set up together with this."}
        owners.disposition(number=request.number, kind=kind, key=key, by=_person("rick"), **said)


def _sign_next(number: str, subject: str) -> bool:
    """The signature that is open now; False where none of this subject is."""
    open_ones = open_signatures(ChangeRequest.objects.get(number=number))
    waiting = [one for one in open_ones if one.meaning in SIGNERS]
    if not waiting or waiting[0].subject != subject:
        return False
    meaning = waiting[0].meaning
    sign_as(subject=(subject, number), meaning=meaning, person=_person(SIGNERS[meaning]))
    return True


def _person(username: str) -> Person:
    return Person.objects.get(username=username)
