"""What happened to a change request, each step a sentence: from its rows, words of owners, evidence and signatures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.changes import kinds
from governance.changes.deciding import standings
from governance.changes.kinds import Reference
from governance.changes.told.stage_words import UNAPPROVED, is_unapproved, stage_of
from governance.changes.visibility import operations_seen
from governance.console import places
from governance.console.attached import title_of
from governance.models import ChangeRequest, Signature
from governance.models.change_request import ChangeState
from governance.selectors.changes import edits
from governance.signing.meanings import label_of

MOST = 200  # of the newest
RESTORED = "released it: what was in force before is in force again"
DID = {"+": "put the {} into it", "~": "edited the {} in it", "-": "took the {} out of it"}
SIGNED = {standings.PROPOSAL: "the proposal", standings.RELEASE: "its release", standings.CLOSING: "its closure"}
REACHED = {
    ChangeState.DRAFT: "took it back to a draft",
    ChangeState.ASSESSED: "had it assessed again",
    ChangeState.PLANNED: "planned it",
    ChangeState.APPROVED: "gave the last signature that its approval needed: it is approved",
    ChangeState.IMPLEMENTED: "recorded its implementation",
    ChangeState.READY: "found it ready for its release",
    ChangeState.RELEASED: "released it: it is in force",
    ChangeState.VERIFIED: "verified that it works",
    ChangeState.EFFECTIVENESS: "opened its effectiveness check",
    ChangeState.CLOSED: "closed it",
    ChangeState.REJECTED: "rejected it",
    ChangeState.CANCELLED: "cancelled it",
    ChangeState.ON_HOLD: "put it on hold",
    ChangeState.ROLLED_BACK: "rolled it back",
}


@dataclass(frozen=True, slots=True)
class Told:
    """``who`` and ``what`` make the sentence, ``why`` is the reason in the person's own words."""

    at: datetime
    who: str
    what: str
    why: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.who} {self.what}."


def story(request: ChangeRequest, user: Any, known: Collection[Reference]) -> list[Told]:
    """The newest first, as far as the user may see; ``known`` is what of its impact they may."""
    found = [
        *_of_request(request),
        *_of_operations(request, user),
        *_of_owners(request, known),
        *_of_evidence(request, user),
        *_of_signatures(request),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _of_request(request: ChangeRequest) -> Iterator[Told]:
    before: Any = None
    for row in request.history.order_by("row_version"):
        if what := _step(row, before):
            yield Told(row.history_date, row.act_actor["name"], what, row.act_reason)
        before = row


def _step(row: Any, before: Any) -> str:
    """What the new version of the row means; "" where the operations tell it."""
    if before is None:
        return f"began {row.number}" + (f", to roll back {row.rolls_back.number}" if row.rolls_back_id else "")
    if row.submitted_at and not before.submitted_at:
        return "laid it out for its release" if row.rolls_back_id else "submitted it"
    if row.state != before.state:
        return _moved(row, before)
    if before.submitted_at and not row.submitted_at:
        return "took it back to a draft: earlier approvals are void"
    if row.stopped_because != before.stopped_because and row.stopped_because:
        if row.released_at:
            return "rejected it in retrospect: it may not stay in force"
        return "had it assessed again: earlier approvals are void"
    return _facts(row, before)


def _moved(row: Any, before: Any) -> str:
    if before.state == ChangeState.ON_HOLD and row.state != ChangeState.CANCELLED:
        return f"took it off hold: it is {ChangeState(row.state).in_words} again"
    if row.state == ChangeState.APPROVED and stage_of(row) != ChangeState.APPROVED.label:
        return "submitted it to be released"  # an emergency or a rollback of an earlier build
    if row.state == ChangeState.RELEASED and row.rolls_back_id:
        return RESTORED
    return REACHED[row.state] + (f", {UNAPPROVED}" if is_unapproved(row) else "")


def _facts(row: Any, before: Any) -> str:
    if row.is_emergency and not before.is_emergency:
        return "declared an emergency"
    if row.ordered_at and not before.ordered_at:
        return "ordered its release"
    if row.retrospective_done_at and not before.retrospective_done_at:
        return "gave the last signature of its approval in retrospect"
    if row.effective_at != before.effective_at:
        at = row.effective_at
        return f"set its release for {at:%Y-%m-%d %H:%M} UTC" if at else "let it be released at once"
    return ""


def _of_operations(request: ChangeRequest, user: Any) -> Iterator[Told]:
    """Row by row: what was taken out of it again is told to who may know of it, too."""
    for row in edits(user, request, places.visible):
        what = DID[row.history_type].format(f"{kinds.noun(row.kind)} {row.key}")
        yield Told(row.history_date, row.act_actor["name"], what, row.act_reason)


def _of_owners(request: ChangeRequest, known: Collection[Reference]) -> Iterator[Told]:
    for row in request.dispositions.all():
        if (row.kind, row.key) in known:
            what = f"said what it means for the {kinds.noun(row.kind)} {row.key}: {row.get_verdict_display().lower()}"
            yield Told(row.recorded_at, row.by["name"], what, row.comment)


def _of_evidence(request: ChangeRequest, user: Any) -> Iterator[Told]:
    named = operations_seen(user, request)
    for row in request.evidence.all():
        passed = {True: ", which passed", False: ", which failed", None: ""}[row.is_passed]
        yield Told(row.recorded_at, row.by["name"], f"added the evidence “{title_of(row, user, named)}”{passed}")


def _of_signatures(request: ChangeRequest) -> Iterator[Told]:
    rows = Signature.objects.filter(subject_kind__in=SIGNED, subject_id=request.number)
    for row in rows.select_related("withdrawal"):
        of, meaning = SIGNED[row.subject_kind], label_of(row.meaning).lower()
        yield Told(row.signed_at, row.person["name"], f"signed {of} ({meaning})", row.reason)
        if withdrawn := getattr(row, "withdrawal", None):
            what = f"withdrew the signature of {of} ({meaning})"
            yield Told(withdrawn.withdrawn_at, withdrawn.person["name"], what, withdrawn.reason)
