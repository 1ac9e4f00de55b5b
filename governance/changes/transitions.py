"""Which state of a change request follows which: the one place where its status moves."""

from __future__ import annotations

from typing import Any

from governance.errors import Refused
from governance.models.change_request import ChangeRequest, ChangeState

FOLLOWING: dict[str, tuple[str, ...]] = {
    ChangeState.DRAFT: (ChangeState.RELEASED, ChangeState.REJECTED),
    ChangeState.RELEASED: (),
    ChangeState.REJECTED: (),
}


def move(request: ChangeRequest, to: ChangeState, **fields: Any) -> None:
    """Move the request, with the fields that belong to the new state, in one save."""
    if to not in FOLLOWING[request.state]:
        raise Refused(
            f"{request.number} is {request.get_state_display().lower()}; it cannot become {to.label.lower()}."
        )
    request.state = to
    for name, value in fields.items():
        setattr(request, name, value)
    request.save()
