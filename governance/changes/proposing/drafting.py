"""Drafts: several persons edit what a change request will do; then it is submitted, withdrawn, held or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from governance import audit
from governance.actors import Actor
from governance.changes import effective, kinds, transitions
from governance.changes.choosing import policies, policies_stay
from governance.changes.kinds import Reference
from governance.changes.operation import Operation
from governance.changes.proposing import companions, contents, submission
from governance.changes.proposing.checks import check_bases, check_contents
from governance.changes.requests import check_may_draft, check_may_steer, check_no_rollback, check_open, locked
from governance.changes.transitions import BEFORE_RELEASE
from governance.changes.visibility import may_know
from governance.changes.weighing import ground
from governance.errors import ContentRefused, LostUpdate, Refused
from governance.guard.context import change
from governance.models import ChangeOperation, ChangeRequest
from governance.models.change_request import ChangeState
from governance.permissions import check_may_propose


def edit(*, number: str, operation: Operation, by: Any, reason: str, seen: int | None = None) -> ChangeRequest:
    """Put one operation into an open draft, or in the place of the one on the same object.

    ``seen`` is the ``row_version`` of the operation that its author looked at, 0 where there was none; None asks not.

    Its author becomes a co-editor, who cannot sign this change. Documents that describe what the draft holds come
    along, as with a new proposal. Raises ContentRefused and BaseMoved.
    """
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_open(request)
        check_may_draft(by, request)
        check_may_propose(by, operation.kind, operation.key, operation.content)
        _check_as_seen(request, operation, seen)
        _put(request, operation, by)
        audit.record("change.edited", subject=("change", number), kind=operation.kind, key=operation.key)
        request.save()  # who edits an operation edits the request: its version moves, and with it every open page
    return request


def drop(*, number: str, kind: str, key: str, by: Any, reason: str) -> ChangeRequest:
    """Take one operation out of an open draft; the last one stays, for a draft of nothing is cancelled instead."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_open(request)
        check_may_draft(by, request)
        found = request.operations.filter(kind=kind, key=key).first()
        if found is None or request.operations.count() == 1:
            raise Refused(
                f"{number} holds no {kinds.noun(kind)} {key!r} that could go: cancel the whole draft instead.",
                field="key",
                value=key,
                rule="one of several operations",
            )
        found.delete()
        audit.record("change.dropped", subject=("change", number), kind=kind, key=key)
        request.save()
    return request


def declare_emergency(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """Two persons release it, and in retrospect its owners and others than these two decide as its policies ask."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_open(request)
        check_may_draft(by, request)
        policies_stay.check_no_emergency(number, request.operations.all())
        request.is_emergency = True
        request.save()
        audit.record("change.emergency", subject=("change", number))
    return request


def submit(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """Freeze the draft and ask for what its policies say. Raises ContentRefused and BaseMoved as ``propose`` does."""
    with change(by=by, reason=reason, ticket=number):
        contents.queue_up()
        request = locked(number)
        check_open(request)
        check_may_draft(by, request)
        _complete(request, by)
        submission.put_in(request, by)
    return request


def withdraw(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """Back to a draft, before it is released: every approval of it is void, since its content may change now."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_may_draft(by, request)
        check_no_rollback(request)
        if request.state not in BEFORE_RELEASE or request.submitted_at is None:
            raise Refused(
                f"{number} cannot be withdrawn: it is {ChangeState(request.state).in_words}"
                f"{'' if request.submitted_at else ' and was never submitted'}.",
                field="state",
                value=request.state,
                rule="submitted and not released",
            )
        back_to_draft(request)
        audit.record("change.withdrawn", subject=("change", number))
    return request


def cancel(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """End it without an effect. What is in force stays in force."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_may_steer(by, request)
        asked = policies.asked_of(request) if request.requirement else {}  # what was signed stays under these rules
        transitions.move(request, ChangeState.CANCELLED, requirement=asked)
        audit.record("change.cancelled", subject=("change", number))
    return request


def hold(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """Stop it where it is; nothing of it is signed or released until it is taken off hold."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_may_steer(by, request)
        transitions.move(request, ChangeState.ON_HOLD, held_from=request.state)
        audit.record("change.held", subject=("change", number))
    return request


def resume(*, number: str, by: Any, reason: str) -> ChangeRequest:
    """Go on from where it was held. A release that fell due meanwhile must be signed again."""
    with change(by=by, reason=reason, ticket=number):
        request = locked(number)
        check_may_steer(by, request)
        if request.state != ChangeState.ON_HOLD:
            raise Refused(f"{number} is not on hold.", field="state", value=request.state, rule=ChangeState.ON_HOLD)
        transitions.move(request, request.held_from, held_from="", **NOT_ORDERED)
        audit.record("change.resumed", subject=("change", number))
    return request


NOT_ORDERED: dict[str, Any] = {"ordered_at": None, "ordered_by": None, "effective_at": None}
NOT_SUBMITTED: dict[str, Any] = {"submitted_at": None, "submitted_by": None, "requirement": {}, **NOT_ORDERED}


def back_to_draft(request: ChangeRequest) -> None:
    """An open draft again, in one save."""
    if request.state != ChangeState.DRAFT:
        transitions.move(request, ChangeState.DRAFT, **NOT_SUBMITTED)
        return
    for name, value in NOT_SUBMITTED.items():
        setattr(request, name, value)
    request.save()


def _check_as_seen(request: ChangeRequest, operation: Operation, seen: int | None) -> None:
    """Two who edit one draft never overwrite each other unawares."""
    held = request.operations.filter(kind=operation.kind, key=operation.key).first()
    if seen is not None and seen != (held.row_version if held else 0):
        newest = ChangeOperation.history.filter(change_id=request.pk, kind=operation.kind, key=operation.key).latest()
        raise LostUpdate(
            f"{newest.act_actor['name']} has changed the {kinds.noun(operation.kind)} {operation.key} in "
            f"{request.number} since you opened it. Nothing was taken: open it there again, and repeat your change.",
            field="seen",
            value=str(seen),
            rule="the draft as you saw it",
        )


def together(number: str, operation: Operation) -> list[Operation]:
    """What the draft does beside this operation; none where there is no such draft."""
    mine, found = (operation.kind, operation.key), ChangeRequest.objects.filter(number=number).first()
    return [one for one in contents.as_operations(found) if (one.kind, one.key) != mine] if found else []


def _put(request: ChangeRequest, operation: Operation, by: Any) -> None:
    """The operation, and what goes with all that the draft holds by then: documents are made anew."""
    others = together(request.number, operation)
    whole = companions.bring([operation, *others])
    _check_seen(by, whole[len(others) + 1 :])
    if request.is_emergency:
        policies_stay.check_no_emergency(request.number, whole)
    check_contents(whole)
    for one in whole:
        if one not in others:
            _write(request, one)


def _complete(request: ChangeRequest, by: Any) -> None:
    """What goes with the draft's operations comes along; what is in force by now, exactly so, is left out."""
    held = contents.as_operations(request)
    whole = companions.bring(held)
    _check_seen(by, whole[len(held) :])
    wanted, _ = contents.checked(whole)
    kept = {(one.kind, one.key) for one in wanted}
    for row in request.operations.all():
        if (row.kind, row.key) not in kept:
            row.delete()
    stale = _heavier(request)
    for one in wanted:
        if one not in held or (one.kind, one.key) in stale:
            _write(request, one)


def _heavier(request: ChangeRequest) -> set[Reference]:
    """What the draft holds that means more than when it was written: what it was made from was rejected since."""
    rows = request.operations.select_related("base")
    known: ground.Known = {}
    return {(one.kind, one.key) for one in rows if ground.is_heavier_by_now(one, known)}


def _check_seen(by: Any, brought: Sequence[Operation]) -> None:
    """Nobody puts into a draft what they may not know of. The hub itself (an Actor) knows everything."""
    if not isinstance(by, Actor) and not all(may_know(by, one.kind, one.key) for one in brought):
        raise ContentRefused("This change cannot be accepted:", [companions.HIDDEN])


def _write(request: ChangeRequest, operation: Operation) -> None:
    base = effective.revision_of(operation.kind, operation.key)
    check_bases([operation], {(operation.kind, operation.key): base})
    found = request.operations.filter(kind=operation.kind, key=operation.key).first()
    found = found or ChangeOperation(change=request, kind=operation.kind, key=operation.key)
    found.position = kinds.position(operation.kind)
    for name, value in contents.described(operation, base).items():
        setattr(found, name, value)
    found.save()
