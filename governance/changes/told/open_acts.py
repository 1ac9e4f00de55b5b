"""Which acts a change request offers in its state, and to whom: what pages and admin show as buttons, with the sentence
where one is closed. The services judge again when an act is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.changes import stages, transitions
from governance.changes.choosing import policies_stay
from governance.changes.deciding import standings
from governance.changes.releasing import replaced, rollback
from governance.changes.requests import check_may_draft, check_may_steer
from governance.changes.told import stage_words
from governance.changes.visibility import may_know, sees_operation
from governance.changes.weighing import owners
from governance.errors import NotAllowed, Refused
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState
from governance.permissions import holds_everywhere

Check = Callable[[ChangeRequest, Any], None]


@dataclass(frozen=True, slots=True)
class OpenAct:
    """``why_not`` is "" where this person may do it now."""

    name: str
    why_not: str


def open_acts(request: ChangeRequest, by: Any) -> list[OpenAct]:
    """Every act that belongs to the state, in the order in which a person would think of them."""
    return [OpenAct(name, _why_not(check, request, by)) for name, (belongs, check) in ACTS.items() if belongs(request)]


def check_right(name: str, request: ChangeRequest, by: Any) -> None:
    """Raises NotAllowed where this person may not do the act in any state; other obstacles are the service's affair."""
    try:
        ACTS[name][1](request, by)
    except NotAllowed:
        raise
    except Refused:
        return


def _why_not(check: Check, request: ChangeRequest, by: Any) -> str:
    try:
        check(request, by)
    except Refused as refused:
        return refused.sentence
    return ""


def _drafting(request: ChangeRequest, by: Any) -> None:
    """Drafting, in the words of this request: the right may be missing on one object of several."""
    try:
        check_may_draft(by, request)
    except NotAllowed as refused:
        raise NotAllowed(f"This is for who may propose it. {_unnamed(refused, request, by)}") from None


def _declaring(request: ChangeRequest, by: Any) -> None:
    _drafting(request, by)
    policies_stay.check_no_emergency(request.number, request.operations.all())


def _planning(request: ChangeRequest, by: Any) -> None:
    _drafting(request, by)
    owners.check_disposed(request)


def _timing(request: ChangeRequest, by: Any) -> None:
    if not holds_everywhere(by, standings.RELEASE_RIGHT):
        raise NotAllowed("You may not release changes.")


def _verifying(request: ChangeRequest, by: Any) -> None:
    stages.check_verifier(request, by)


def _steering(request: ChangeRequest, by: Any) -> None:
    try:
        check_may_steer(by, request)
    except NotAllowed as refused:
        raise NotAllowed(f"This is for who may propose it, or approve it. {_unnamed(refused, request, by)}") from None


def _unnamed(refused: NotAllowed, request: ChangeRequest, by: Any) -> str:
    """The sentence; it names the object on which the right is missing where the person may know of it."""
    about = (refused.field, refused.value)
    is_known = may_know(by, *about) or sees_operation(by, request, *about)
    return refused.sentence if is_known else "You may not propose changes of everything that it changes."


def _is_submitted(request: ChangeRequest) -> bool:
    return request.submitted_at is not None and request.state in transitions.BEFORE_RELEASE


def _comes_next(state: str) -> Callable[[ChangeRequest], bool]:
    def belongs(request: ChangeRequest) -> bool:
        path = transitions.PATHS[request.path]
        return state in path and request.state == transitions.before(request.path, state)

    return belongs


def _waits_for_release(request: ChangeRequest) -> bool:
    waits = request.submitted_at is not None and request.ordered_at is None
    return waits and _comes_next(ChangeState.RELEASED)(request)


ACTS: dict[str, tuple[Callable[[ChangeRequest], bool], Check]] = {
    "submit": (lambda request: request.is_open_draft, _drafting),
    "declare-emergency": (lambda request: request.is_open_draft and not request.is_emergency, _declaring),
    "plan": (_comes_next(ChangeState.PLANNED), _planning),
    "implement": (_comes_next(ChangeState.IMPLEMENTED), _drafting),
    "make-ready": (_comes_next(ChangeState.READY), _drafting),
    "set-time": (_waits_for_release, _timing),
    "verify": (_comes_next(ChangeState.VERIFIED), _verifying),
    "attach": (
        lambda request: (
            request.state in stages.PHASE_IN and (request.is_open_draft or request.state != ChangeState.DRAFT)
        ),
        _drafting,
    ),
    "reassess": (_is_submitted, _steering),
    "withdraw": (lambda request: _is_submitted(request) and request.rolls_back is None, _drafting),
    "hold": (lambda request: request.state in transitions.BEFORE_RELEASE, _steering),
    "resume": (lambda request: request.state == ChangeState.ON_HOLD, _steering),
    "cancel": (lambda request: ChangeState.CANCELLED in transitions.FOLLOWING[request.state], _steering),
    "roll-back": (lambda request: request.state in rollback.CAN_FAIL, rollback.check_may_roll_back),
}


@dataclass(frozen=True, slots=True)
class OpenSignature:
    """A signature that the request waits for; ``meaning`` is that of the open step, or a rejection."""

    subject: str
    meaning: str


def open_signatures(request: ChangeRequest) -> list[OpenSignature]:
    """What may be signed of it in this state, by whoever it is."""
    if request.submitted_at is None:
        return []
    if replaced.is_rejected_in_force(request):
        return [OpenSignature(standings.CLOSING, "closed")]
    if _comes_next(ChangeState.CLOSED)(request) and request.path != transitions.SHORT:
        return [*_retrospect(request), OpenSignature(standings.CLOSING, "closed")]
    if _waits_for_release(request):
        return [OpenSignature(standings.RELEASE, "released")]
    if _comes_next(ChangeState.APPROVED)(request):
        return _of_proposal(request)
    if transitions.is_being_decided(request):
        return [OpenSignature(standings.PROPOSAL, standings.VETO)]
    return _retrospect(request)


def _retrospect(request: ChangeRequest) -> list[OpenSignature]:
    return _of_proposal(request) if stage_words.is_unapproved(request) else []


def _of_proposal(request: ChangeRequest) -> list[OpenSignature]:
    now = standings.standing(request, standings.PROPOSAL)
    if now.step is None:
        return []
    meaning = standings.policy_of(request, standings.PROPOSAL).steps[now.step].meaning
    return [OpenSignature(standings.PROPOSAL, one) for one in (meaning, standings.VETO)]
