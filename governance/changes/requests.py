"""What every act on a change request begins with: the row, locked, and who may do it."""

from __future__ import annotations

from typing import Any

from governance.actors import Actor
from governance.errors import NotAllowed, NotFound, Refused
from governance.models import ChangeRequest, Person
from governance.permissions import check_may_propose, holds_everywhere, is_allowed


def locked(number: str) -> ChangeRequest:
    """The request for this transaction. Raises NotFound; who may see it is the door's affair."""
    found = ChangeRequest.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no change request {number!r}.", field="change", value=number)
    return found


def check_may_draft(by: Any, request: ChangeRequest) -> None:
    """Edit, submit, withdraw: who may propose every one of its operations. The hub itself (an Actor) needs no right."""
    if isinstance(by, Actor):
        return
    for one in request.operations.all():
        check_may_propose(by, one.kind, one.key, one.content)


may_draft = is_allowed(check_may_draft)


def check_may_steer(by: Any, request: ChangeRequest) -> None:
    """Cancel and hold: who may draft it, and who may approve; a rollback also who began it, who need not propose."""
    began_it = request.rolls_back_id is not None and request.author["id"] == str(by.pk)
    if not began_it and not holds_everywhere(by, "governance.approve_changerequest"):
        check_may_draft(by, request)


def check_person(by: Any, act: str) -> None:
    """Decisions are made by persons with an account that is active."""
    account = Person.objects.filter(pk=by.pk).first() if isinstance(by, Person) else None
    if account is None or not account.is_active:
        raise NotAllowed(
            f"Only a person can {act}; systems and the hub itself cannot.", field="by", value=str(by), rule="a person"
        )


def check_no_rollback(request: ChangeRequest) -> None:
    """What it restores was approved once and is signed by one person: it is released or cancelled, never edited."""
    if request.rolls_back is not None:
        raise Refused(
            f"{request.number} restores what was in force before {request.rolls_back.number}, and nothing else: "
            "release it, or cancel it and propose a change.",
            field="change",
            value=request.number,
            rule="no rollback",
        )


def check_open(request: ChangeRequest) -> None:
    """It is a draft that nobody submitted."""
    check_no_rollback(request)
    if not request.is_open_draft:
        raise Refused(
            f"{request.number} was submitted: what it changes is frozen. Withdraw it first, then edit it.",
            field="state",
            value=request.state,
            rule="an open draft",
        )
