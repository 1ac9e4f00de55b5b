"""Which state of a change request follows which: the one table by which the code moves it and the database guards it.

A path says which of these states a change goes through: it is as long as the risk.
"""

from __future__ import annotations

from typing import Any

from governance.errors import Refused
from governance.models.change_request import ChangeRequest, ChangeState

_ASIDE = (ChangeState.CANCELLED, ChangeState.ON_HOLD)
_BACK = (ChangeState.DRAFT, ChangeState.ASSESSED)  # withdrawn; or the impact grew, and approvals are void

FOLLOWING: dict[str, tuple[str, ...]] = {
    ChangeState.DRAFT: (
        ChangeState.ASSESSED,
        ChangeState.APPROVED,
        ChangeState.RELEASED,
        ChangeState.REJECTED,
        *_ASIDE,
    ),
    ChangeState.ASSESSED: (
        ChangeState.PLANNED,
        ChangeState.APPROVED,
        ChangeState.DRAFT,
        ChangeState.REJECTED,
        *_ASIDE,
    ),
    ChangeState.PLANNED: (ChangeState.APPROVED, *_BACK, ChangeState.REJECTED, *_ASIDE),
    ChangeState.APPROVED: (ChangeState.IMPLEMENTED, ChangeState.RELEASED, *_BACK, ChangeState.REJECTED, *_ASIDE),
    ChangeState.IMPLEMENTED: (ChangeState.READY, *_BACK, ChangeState.REJECTED, *_ASIDE),
    ChangeState.READY: (ChangeState.RELEASED, *_BACK, ChangeState.REJECTED, *_ASIDE),
    ChangeState.RELEASED: (ChangeState.VERIFIED, ChangeState.CLOSED, ChangeState.ROLLED_BACK),
    ChangeState.VERIFIED: (ChangeState.EFFECTIVENESS, ChangeState.CLOSED, ChangeState.ROLLED_BACK),
    ChangeState.EFFECTIVENESS: (ChangeState.CLOSED, ChangeState.ROLLED_BACK),
    ChangeState.ON_HOLD: (
        ChangeState.DRAFT,
        ChangeState.ASSESSED,
        ChangeState.PLANNED,
        ChangeState.APPROVED,
        ChangeState.IMPLEMENTED,
        ChangeState.READY,
        ChangeState.CANCELLED,
    ),
    ChangeState.CLOSED: (),
    ChangeState.REJECTED: (),
    ChangeState.CANCELLED: (),
    ChangeState.ROLLED_BACK: (),
}

AT_ONCE, SHORT, STANDARD, FULL = "at_once", "short", "standard", "full"
EMERGENCY, ROLLBACK = "emergency", "rollback"  # neither is approved before its release, and neither says that it was
PATHS: dict[str, tuple[str, ...]] = {
    AT_ONCE: (ChangeState.DRAFT, ChangeState.RELEASED),
    SHORT: (ChangeState.DRAFT, ChangeState.APPROVED, ChangeState.RELEASED, ChangeState.CLOSED),
    STANDARD: (
        ChangeState.DRAFT,
        ChangeState.ASSESSED,
        ChangeState.APPROVED,
        ChangeState.RELEASED,
        ChangeState.VERIFIED,
        ChangeState.CLOSED,
    ),
    FULL: (
        ChangeState.DRAFT,
        ChangeState.ASSESSED,
        ChangeState.PLANNED,
        ChangeState.APPROVED,
        ChangeState.IMPLEMENTED,
        ChangeState.READY,
        ChangeState.RELEASED,
        ChangeState.VERIFIED,
        ChangeState.EFFECTIVENESS,
        ChangeState.CLOSED,
    ),
    EMERGENCY: (
        ChangeState.DRAFT,
        ChangeState.RELEASED,
        ChangeState.VERIFIED,
        ChangeState.EFFECTIVENESS,
        ChangeState.CLOSED,
    ),
    ROLLBACK: (ChangeState.DRAFT, ChangeState.RELEASED, ChangeState.CLOSED),
}
LONGER = (AT_ONCE, SHORT, STANDARD, FULL)  # of two paths the later one is the stricter
BEFORE_RELEASE = frozenset(
    {
        ChangeState.DRAFT,
        ChangeState.ASSESSED,
        ChangeState.PLANNED,
        ChangeState.APPROVED,
        ChangeState.IMPLEMENTED,
        ChangeState.READY,
    }
)
OVER = frozenset(state for state, followers in FOLLOWING.items() if not followers)


def before(path: str, state: str) -> str:
    """The state of the path that comes right before this one. Raises ValueError where the path lacks it."""
    states = PATHS[path]
    return states[states.index(state) - 1]


def is_being_decided(request: ChangeRequest) -> bool:
    """Submitted, and on its own path before its approval: assessed, planned or signed by some."""
    path = PATHS[request.path]
    if request.submitted_at is None or ChangeState.APPROVED not in path or request.state not in path:
        return False
    return path.index(request.state) < path.index(ChangeState.APPROVED)


def check_next(request: ChangeRequest, to: str, act: str) -> None:
    """The request stands right before ``to`` on its own path; ``act`` is what somebody wants ("be released")."""
    path = PATHS[request.path]
    needed = before(request.path, to) if to in path else ""
    if request.state == needed:
        return
    here = f"{request.number} is {ChangeState(request.state).in_words}"
    wanted = f"to {act} it must be {ChangeState(needed).in_words}" if needed else f"its path has no such step ({act})"
    raise Refused(
        f"{here}; {wanted}.", field="state", value=request.state, rule=needed or f"a state of the {request.path} path"
    )


def move(request: ChangeRequest, to: str, **fields: Any) -> None:
    """Move the request, with the fields that belong to the new state, in one save."""
    if to not in FOLLOWING[request.state]:
        was, wanted = ChangeState(request.state).in_words, ChangeState(to).in_words
        raise Refused(
            f"{request.number} is {was}; it cannot become {wanted}.",
            field="state",
            value=request.state,
            rule=f"may become {', '.join(FOLLOWING[request.state]) or 'nothing else'}",
        )
    request.state = ChangeState(to)
    for name, value in fields.items():
        setattr(request, name, value)
    request.save()
