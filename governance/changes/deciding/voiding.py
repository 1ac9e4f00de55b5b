"""Approvals are void when the impact grew since it was decided on. That is computed, never stored; the act that
follows, assessing it again, is kept with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from governance import audit
from governance.changes import transitions
from governance.changes.choosing import policies
from governance.changes.impact import Object
from governance.changes.kinds import Reference
from governance.changes.proposing.drafting import NOT_ORDERED, back_to_draft
from governance.changes.proposing.submission import risk_now
from governance.changes.requests import check_may_steer, locked
from governance.changes.weighing import ground, reach
from governance.errors import Refused
from governance.guard.context import change
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState

SHOWN = 5
GREW = "The impact grew since it was decided on"
STOPPED = "It was stopped: its page tells who may see all of it why."
NAMED = re.compile(rf"{GREW}: (.+?)(?: and \d+ more)?\. Earlier signatures are void\.")
NAMELESS = re.compile(
    rf"It was assessed again\.|It was rejected in retrospect\b.*|{GREW}; its page says what is new\..*"
    r"|What CR-\d+-\d+ was made from was rejected since: .*"
    r"|CR-\d+-\d+ is on the \w+ path, and its policies ask for .*"
    r"|The (approvals|release signature) of CR-\d+-\d+ (do|does) not cover what it holds now: .*"
    r"|The (approvals|release signature) of CR-\d+-\d+ counts? no more: by what is known of accounts today, .*"
)


class ImpactGrew(Refused):
    """What was decided on reaches more than it did then."""

    status = 409
    code = "impact_grew"


def growth(request: ChangeRequest) -> str:
    """The sentence that says what is new, or "" where nothing is. Writes nothing."""
    return _sentence(new_objects(request))


def new_objects(request: ChangeRequest) -> Sequence[Object]:
    """What is reached now, and was not when it was decided on; nothing where nobody has decided, or all is done."""
    if request.submitted_at is None or request.state not in transitions.BEFORE_RELEASE:
        return ()
    return reach.grown(request, reach.now(request))


def without_names(sentence: str) -> str:
    """``growth``, or what a change was stopped because of, for a reader who may not see all that it reaches.

    Only what is known to name no object is told as it stands: a refusal may name whatever stood in the way.
    """
    if not sentence or NAMELESS.fullmatch(sentence):
        return sentence
    return f"{GREW}; its page says what is new. Earlier signatures are void." if sentence.startswith(GREW) else STOPPED


def named_in(sentence: str) -> list[Reference]:
    """The objects that a sentence of ``growth`` names; none in any other sentence."""
    held = NAMED.fullmatch(sentence)
    words = [one.rpartition(" ") for one in held[1].split(", ")] if held else []
    return [(kind.replace(" ", "_"), key) for kind, _, key in words]


def lengthened(request: ChangeRequest) -> str:
    """The sentence that says that its path is too short by now, or "". An emergency and a rollback have their own."""
    if request.submitted_at is None or request.is_emergency or request.rolls_back_id:
        return ""
    asked = policies.asked_of(request)["path"]
    if asked == request.path:
        return ""
    return (
        f"{request.number} is on the {request.path} path, and its policies ask for the {asked} one by now: assess it "
        "again. Earlier signatures are void."
    )


def heavier(request: ChangeRequest) -> str:
    """The sentence that says that it was submitted as less than it is by now, or ""; a rollback is judged by itself."""
    known: ground.Known = {}
    rows = request.operations.select_related("base__change")
    if request.rolls_back_id or not any(ground.is_heavier_by_now(one, known) for one in rows):
        return ""
    return (
        f"What {request.number} was made from was rejected since: it keeps more than the {request.change_kind} change "
        "that it was submitted as. Take it back to a draft and submit it again."
    )


def check_still_decided(request: ChangeRequest) -> None:
    """It means and reaches what it did when it was decided on, and its path is as long as is asked for."""
    if because := heavier(request):
        raise ImpactGrew(
            because, field="change_kind", value=request.change_kind, rule="the kind that it was decided on"
        )
    if because := growth(request):
        raise ImpactGrew(without_names(because), field="impact", rule="the impact that was decided on")
    if because := lengthened(request):
        raise ImpactGrew(because, field="path", value=request.path, rule="the path that its policies ask for")


def void_if_grown(request: ChangeRequest, at: str) -> str:
    """Look again and keep what was seen, in the open change; where it grew, the change is taken back, and why."""
    seen = reach.look(request, at, is_basis=False)
    because = _sentence(reach.grown(request, seen))
    if because:
        stop(request, because)
    return because


def reassess(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """Decide on the impact as it is now: the basis moves, the risk is found anew, approvals begin from the start."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_may_steer(by, request)
        if request.submitted_at is None or request.state not in transitions.BEFORE_RELEASE:
            raise Refused(f"{number} is not waiting for a decision.", field="state", value=request.state)
        stop(request, growth(request) or "It was assessed again.")
    return request


def stop(request: ChangeRequest, because: str) -> None:
    """Take the change back to where it is decided anew, on the impact of this moment. Signatures stay as they are:
    they cover what was, and count no more.
    """
    request.stopped_because = because
    if request.rolls_back is not None:  # approved before, by nature: its release is signed anew
        _look_anew(request)
        _stay(request)
    elif ChangeState.ASSESSED in transitions.PATHS[request.path]:
        _look_anew(request)
        _ask_anew(request)
        _to_assessed(request)
    else:
        back_to_draft(request)
    audit.record("change.stopped", subject=("change", request.number), because=because)


def _look_anew(request: ChangeRequest) -> None:
    """The impact of this moment is what is decided on from now, with the risk that follows."""
    impact = reach.look(request, "assess", is_basis=True)
    risk = risk_now(request, impact)
    looks = request.assessment.get("looks", 1) + 1  # part of what is signed: what was signed before covers it no more
    request.assessment = {**request.assessment, **risk.as_facts(), "looks": looks}
    request.change_kind, request.risk = risk.change_kind, risk.level


def _ask_anew(request: ChangeRequest) -> None:
    """The path is as long as the risk, and as the policies of this moment ask for."""
    request.requirement = policies.asked_of(request)
    request.path, request.policy = request.requirement["path"], ", ".join(request.requirement["policies"])[:200]


def _stay(request: ChangeRequest) -> None:
    for name, value in NOT_ORDERED.items():
        setattr(request, name, value)
    request.save()


def _to_assessed(request: ChangeRequest) -> None:
    if request.state == ChangeState.ASSESSED:
        request.save()
    else:
        transitions.move(request, ChangeState.ASSESSED, **NOT_ORDERED)


def _sentence(new: Sequence[Object]) -> str:
    if not new:
        return ""
    named = ", ".join(f"{one.reference[0].replace('_', ' ')} {one.reference[1]}" for one in new[:SHOWN])
    more = f" and {len(new) - SHOWN} more" if len(new) > SHOWN else ""
    return f"{GREW}: {named}{more}. Earlier signatures are void."
