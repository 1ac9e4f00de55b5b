"""What is signed of a change request, by which rules, and whether it is signed: computed, never stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from governance.changes.choosing import policies
from governance.changes.deciding import rounds
from governance.changes.deciding.rounds import CLOSING, PROPOSAL, RELEASE, VETO, version_of
from governance.changes.proposing import contents
from governance.changes.weighing import evidence, ground, owners, reach
from governance.models import ChangeOperation, ChangeRequest, Revision
from governance.models.change_evidence import Phase
from governance.signing.policy import Policy, Step
from governance.signing.standing import Standing, standing_of
from governance.signing.statement import digest

DECIDED_ON = "decided-on"
RELEASE_RIGHT, APPROVE_RIGHT = "governance.release_changerequest", "governance.approve_changerequest"


def proposal_content(request: ChangeRequest) -> dict[str, Any]:
    """What approvers sign: operations, impact, what owners said, evidence, risk, plan and the pinned policies."""
    return {**_submitted_content(request), "enclosed": {DECIDED_ON: digest(decided_on(request))}}


def _submitted_content(request: ChangeRequest) -> dict[str, Any]:
    """Without the word of an owner: all of what two persons sign who release an emergency."""
    return {
        "number": request.number,
        "title": request.title,
        "reason": request.reason,
        "author": request.author["id"],
        "operations": [
            _operation(one) for one in request.operations.select_related("base").order_by("position", "key")
        ],
        "assessment": request.assessment,
        "path": request.path,
        "is_emergency": request.is_emergency,
        "rolls_back": request.rolls_back.number if request.rolls_back else "",
        "rollback_plan": request.rollback_plan,
        "success_criterion": request.success_criterion,
        "enclosed": {DECIDED_ON: digest(decided_on(request, is_submitted=True))},
        "evidence": _evidence(request, Phase.PROPOSAL),
        "policies": policies.asked_of(request)["pins"],
    }


def decided_on(request: ChangeRequest, *, is_submitted: bool = False) -> dict[str, Any]:
    """The impact and what owners said of it. Signed by its digest: not every reader of a change may see all of it.

    ``is_submitted``: as it was before any owner spoke.
    """
    held = reach.kept(request)
    said = {} if is_submitted else owners.dispositions(request)
    return {
        "impact": held.content if held else {},
        "dispositions": [[*name, one.verdict, one.comment, one.by["id"]] for name, one in sorted(said.items())],
    }


def release_content(request: ChangeRequest) -> dict[str, Any]:
    """What the releaser signs: what was approved, who approved it, how it was implemented, and when it takes effect.

    An emergency is approved in retrospect: what comes later is no part of what was signed.
    """
    is_emergency = request.is_emergency
    return {
        "number": request.number,
        "proposal": digest(_submitted_content(request) if is_emergency else proposal_content(request)),
        "approvals": [] if is_emergency else [one.digest for one in standing(request, PROPOSAL).live],
        "evidence": _evidence(request, Phase.IMPLEMENTATION),
        "effective_at": request.effective_at.isoformat() if request.effective_at else "at once",
        "holds": rounds.holds(request),
    }


def closing_content(request: ChangeRequest) -> dict[str, Any]:
    """What the last signature covers: what was released, and what was seen of it since; of an emergency that was
    rejected in retrospect also what came in its place.
    """
    is_rejected = request.is_emergency and rounds.rejection(request) is not None
    return {
        **({"replaced_by": _successors(request)} if is_rejected else {}),
        "number": request.number,
        "proposal": digest(proposal_content(request)),
        "released_at": request.released_at.isoformat() if request.released_at else "",
        "success_criterion": request.success_criterion,
        "evidence": _evidence(request, Phase.VERIFICATION, Phase.EFFECTIVENESS),
    }


def policy_of(request: ChangeRequest, subject: str) -> Policy:
    """The rules of one subject."""
    asked = policies.asked_of(request)
    if subject == PROPOSAL:
        steps = tuple(Step(**step) for step in asked["steps"])
    elif subject == CLOSING:
        steps = (Step(meaning="closed", label="Closure", right=APPROVE_RIGHT),)
    else:
        needs_code = any(one["needs_code"] for one in asked["release"])
        right, quorum = ("", 2) if request.is_emergency else (RELEASE_RIGHT, 1)
        steps = (Step(meaning="released", label="Release", right=right, quorum=quorum, needs_code=needs_code),)
    vetoes = (VETO,) if subject == PROPOSAL else ()
    name = (" ".join(asked["policies"]) or "none")[:40]
    return Policy(name=name, version=digest(asked)[7:19], steps=steps, vetoes=vetoes)


COVERED: dict[str, tuple[str, ...]] = {  # evidence after the approval that each signature stands over
    PROPOSAL: (),
    RELEASE: (Phase.IMPLEMENTATION,),
    CLOSING: (Phase.IMPLEMENTATION, Phase.VERIFICATION, Phase.EFFECTIVENESS),
}
CONTENT = {PROPOSAL: proposal_content, RELEASE: release_content, CLOSING: closing_content}


def standing(request: ChangeRequest, subject: str) -> Standing:
    """The signatures that count now. What was rejected stays so, whatever changed since."""
    now = standing_of(
        subject,
        request.number,
        version=version_of(request),
        digest=digest(CONTENT[subject](request)),
        policy=policy_of(request, subject),
        hands=lambda: hands_of(request, subject),
    )
    veto = rounds.rejection(request) if subject == PROPOSAL and now.veto is None else None
    return replace(now, step=None, veto=veto) if veto else now


def is_approved(request: ChangeRequest, kind: str, key: str, known: ground.Known | None = None) -> bool:
    """Whether persons decided, in this hub, for what the change put in force of this object.

    An emergency counts by the two who released it, until somebody rejects it in retrospect; a rollback by its release
    and by what was decided about the revision that it restored. What was decided as words, or as little more, counts
    no more once what lies under them was rejected.
    """
    known = {} if known is None else known
    if request.released_at is None or not _is_decided_whole(request, known):
        return False
    if request.rolls_back is not None:
        base = restored_by(request, kind, key)
        return base is None or is_approved(base.change, kind, key, known)
    one = request.operations.filter(kind=kind, key=key).select_related("base__change").first()
    return one is None or not ground.is_heavier_by_now(one, known)


def restored_by(rollback: ChangeRequest, kind: str, key: str) -> Revision | None:
    """The revision of this object that a rollback brought back; None where there was none."""
    undone = rollback.rolls_back.operations if rollback.rolls_back else ChangeOperation.objects.none()
    found = undone.filter(kind=kind, key=key).select_related("base__change").first()
    return found.base if found else None


def _is_decided_whole(request: ChangeRequest, known: ground.Known) -> bool:
    """By who had to: the two of an emergency that nobody rejected, who released a rollback, all others by approval."""
    if request.pk not in known:
        subject = RELEASE if request.is_emergency or request.rolls_back_id else PROPOSAL
        is_vetoed = request.is_emergency and standing(request, PROPOSAL).veto is not None
        known[request.pk] = not is_vetoed and _is_decided(request, subject)
    return known[request.pk]


def _is_decided(request: ChangeRequest, subject: str) -> bool:
    """Signed by everybody whom its policy asks; what nobody was asked about is not decided."""
    now = standing(request, subject)
    return bool(now.live) and now.is_complete


def hands_of(request: ChangeRequest, subject: str) -> set[str]:
    """Who had a hand in what is signed: in the change, and in the evidence that this signature covers.

    A rollback is signed neither by who began it nor by who had a hand in what failed; what two persons released in an
    emergency is approved in retrospect by others than these, and closed by others where it was rejected.
    """
    found = contents.hands_of(request, *COVERED[subject])
    if request.rolls_back is not None:
        found |= contents.hands_of(request.rolls_back)
    if request.is_emergency and (subject == PROPOSAL or (subject == CLOSING and rounds.rejection(request) is not None)):
        found |= rounds.releasers(request)
    return found


def _successors(request: ChangeRequest) -> list[list[str]]:
    """What came right after each revision that it put in force: these never change any more."""
    rows = Revision.objects.filter(base__change=request).select_related("change").order_by("kind", "key")
    return [[one.kind, one.key, one.version, one.digest, one.change.number] for one in rows]


def _operation(one: Any) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "key": one.key,
        "base": [one.base.version, one.base.digest] if one.base else [],
        "content": one.content,
        "change_kind": one.change_kind,
    }


def _evidence(request: ChangeRequest, *phases: str) -> list[list[Any]]:
    return [[one.kind, one.title, one.is_passed, one.digest] for one in evidence.of(request, *phases)]
