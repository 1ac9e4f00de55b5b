"""What a person reads as the stage of a change request: its state, and whether anybody has approved it yet.

An emergency and a rollback come into force without an approval of their own before it; they read so on the page, in
the list, in search, over the API and in Django's admin. Computed from the columns of one row, so that each version of
its history reads as it was at that time.
"""

from __future__ import annotations

from typing import Any

from governance.changes import transitions
from governance.changes.choosing import policies
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState

SUBMITTED, WAITS, SIGNED = "Submitted", "Waits for its release", "Release signed"
UNAPPROVED = "before approval"
IN_RETROSPECT = "Approved in retrospect"
REJECTED = "rejected in retrospect"
OF_ROLLBACK = {  # the path of a rollback: what each stage is for it
    ChangeState.DRAFT: "Begun",
    ChangeState.RELEASED: "In force again as before",
    ChangeState.CLOSED: "Rolled back and closed",
}
IN_FORCE = (ChangeState.RELEASED, ChangeState.VERIFIED, ChangeState.EFFECTIVENESS)


def stage_of(row: Any) -> str:
    """Of a request, or of one version of its history. "Submitted" on the short path, on which nobody assesses it,
    until it is approved; "Released before approval" until the last one has signed in
    retrospect; "Released" after that.
    """
    label = str(ChangeState(row.state).label)
    if is_unapproved(row):
        return f"Released, {REJECTED}" if row.stopped_because else f"{label} {UNAPPROVED}"
    if row.state in (ChangeState.ROLLED_BACK, ChangeState.CLOSED) and _lacks_approval(row):
        return f"{label}, {REJECTED}"
    if row.state in (ChangeState.DRAFT, ChangeState.APPROVED) and _needs_no_approval(row):
        return _before_release(row)
    return SUBMITTED if row.state == ChangeState.DRAFT and row.submitted_at is not None else label


def where_it_is(request: ChangeRequest) -> str:
    """A sentence: "CR-2026-0007 is approved.", or "CR-2026-0007: released before approval."."""
    stage = stage_of(request)
    if request.state == ChangeState.DRAFT and request.submitted_at and not _needs_no_approval(request):
        return f"{request.number} is submitted, and waits for its signatures."
    is_plain = stage == ChangeState(request.state).label
    return f"{request.number} is {request.state_in_words}." if is_plain else f"{request.number}: {stage.lower()}."


def is_unapproved(row: Any) -> bool:
    """In force by an emergency, and not approved in retrospect by everybody whom its policies ask. An approval is due
    from the moment of such a release; where no policy is in force none is. One that was rolled back was in force: it
    is decided all the same, until it is approved or rejected.
    """
    is_past = row.state == ChangeState.ROLLED_BACK and not row.stopped_because
    return _lacks_approval(row) and (row.state in IN_FORCE or is_past)


def _lacks_approval(row: Any) -> bool:
    return row.retrospective_due_at is not None and row.retrospective_done_at is None


def in_retrospect(request: ChangeRequest) -> str:
    """What somebody who decides on an emergency after its release must know, or "" where nobody decides so."""
    if not is_unapproved(request):
        return ""
    if request.state == ChangeState.ROLLED_BACK:
        return "It was in force and was rolled back: you decide in retrospect on the time that it was in force."
    return "It is in force already: you decide in retrospect."


def path_of(request: ChangeRequest) -> list[tuple[str, str]]:
    """(label, "done", "here" or "ahead") of each stage of the path; what ended otherwise is told by its own pill."""
    if request.is_open_draft and request.path == transitions.AT_ONCE and policies.counting():
        return [(str(ChangeState.DRAFT.label), "here"), ("As far as its risk and its policies ask for", "ahead")]
    states = transitions.PATHS[request.path]
    at = states.index(request.state) if request.state in states else -1
    found = [
        (_on_path(request, one), "here" if place == at else "done" if place < at else "ahead")
        for place, one in enumerate(states)
    ]
    if request.path == transitions.EMERGENCY:
        is_rejected = _lacks_approval(request) and bool(request.stopped_because)
        is_done = is_rejected or request.retrospective_done_at is not None
        found.insert(-1, (REJECTED.capitalize() if is_rejected else IN_RETROSPECT, "done" if is_done else "ahead"))
    return found


def _on_path(request: ChangeRequest, state: str) -> str:
    if request.path == transitions.ROLLBACK and (state != request.state or state != ChangeState.DRAFT):
        return OF_ROLLBACK[ChangeState(state)]
    if state == request.state:
        return stage_of(request)
    if state == ChangeState.RELEASED and request.path == transitions.EMERGENCY:
        return f"Released {UNAPPROVED}"
    return str(ChangeState(state).label)


def _needs_no_approval(row: Any) -> bool:
    """Submitted to be released as it stands; an earlier build called that approved."""
    return row.submitted_at is not None and (row.is_emergency or row.rolls_back_id is not None)


def _before_release(row: Any) -> str:
    words = SIGNED if row.ordered_at is not None else WAITS
    return f"{words} {UNAPPROVED}" if row.is_emergency else words
