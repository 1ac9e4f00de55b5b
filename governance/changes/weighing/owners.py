"""What owners say of a change: asked of every critical object that it reaches, before it is approved.

An emergency is released first; its owners are asked in retrospect, as its approvers are. A word counts for what it was
said of: where the criticality rose since, it is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from governance import audit
from governance.actors import actor_of
from governance.changes import kinds, transitions
from governance.changes.choosing import policies
from governance.changes.deciding import rounds
from governance.changes.impact import Impact, Object
from governance.changes.impact.reached import highest
from governance.changes.kinds import Reference
from governance.changes.proposing import contents
from governance.changes.requests import check_person, locked
from governance.changes.told.stage_words import is_unapproved, stage_of
from governance.changes.weighing import reach
from governance.errors import NotAllowed, Refused
from governance.guard.context import change, check_reason
from governance.models import ChangeImpact, ChangeRequest, ImpactDisposition
from governance.models.change_evidence import Verdict
from governance.models.change_request import ChangeState
from governance.permissions import holds_everywhere, is_allowed
from governance.signing import separation

MAY_DISPOSE = ("governance.review_changerequest", "governance.approve_changerequest")


def are_asked(request: ChangeRequest) -> bool:
    """Whether an owner may speak now: while it is assessed, or after the release of an emergency."""
    if request.state == ChangeState.ASSESSED:
        return True
    return is_unapproved(request) and _are_needed(request) and rounds.rejection(request) is None


def disposition(*, number: str, kind: str, key: str, verdict: str, comment: str, by: Any) -> ImpactDisposition:
    """What the impact means for a critical node: said by the owner named there, or by who may review or approve."""
    return speak(number=number, nodes=[(kind, key)], verdict=verdict, comment=comment, by=by)[0]


def speak(*, number: str, nodes: Sequence[Reference], verdict: str, comment: str, by: Any) -> list[ImpactDisposition]:
    """The same of several nodes for one reason: each is judged and kept by itself, and all of them or none."""
    check_reason(comment)
    with change(by=by, reason=comment, ticket=number):
        request = locked(number)
        check_asked(request)
        asked = {one.reference: one for one in reach.critical(request)}
        for node in dict.fromkeys(nodes):
            check_owner(by, _asked_of(asked, number, node))
        check_hands(request, by)
        return [_said(request, node, Verdict(verdict), comment.strip(), by) for node in dict.fromkeys(nodes)]


def check_asked(request: ChangeRequest) -> None:
    """Raises Refused where no owner may speak now."""
    if not are_asked(request):
        raise Refused(
            f"{request.number} is {stage_of(request).lower()}: owners speak while it is assessed, and of an emergency "
            "after its release, until it is approved in retrospect.",
            field="state",
            value=request.state,
            rule=ChangeState.ASSESSED,
        )


def _asked_of(asked: Mapping[Reference, Object], number: str, node: Reference) -> Object:
    if node not in asked:
        kind, key = node
        raise Refused(
            f"{number} reaches no {kinds.noun(kind)} {key!r} whose owner is asked.",
            field="key",
            value=key,
            rule="a critical node",
        )
    return asked[node]


def _said(request: ChangeRequest, node: Reference, verdict: Verdict, comment: str, by: Any) -> ImpactDisposition:
    kind, key = node
    made = ImpactDisposition(
        change=request,
        submission=request.assessment["submission"],
        kind=kind,
        key=key,
        verdict=verdict,
        comment=comment,
        by=actor_of(by).frozen(),
    )
    made.save()
    words = verdict.label.lower()
    audit.record("change.dispositioned", subject=("change", request.number), kind=kind, key=key, verdict=words)
    return made


def check_owner(by: Any, node: Object) -> None:
    """The person who is named as its owner, or who may review or approve changes."""
    check_person(by, "say this")
    owner, (kind, key) = node.facts.owner, node.reference
    is_owner = owner and owner in (by.full_name, by.username, by.title)
    if is_owner or any(holds_everywhere(by, right) for right in MAY_DISPOSE):
        return
    named = f"The {kinds.noun(kind)} {key}"
    raise NotAllowed(
        f"{named} belongs to {owner}: its owner says what this change means for it, or who may review."
        if owner
        else f"{named} has no owner: who may review or approve changes says what this one means for it.",
        field=kind,
        value=key,
        rule="its owner" if owner else "who may review or approve",
    )


may_speak = is_allowed(check_owner)


def check_hands(request: ChangeRequest, by: Any) -> None:
    """Neither who had a hand in it nor who released it in an emergency speaks for its owners."""
    check_no_hand(request, by, "say what it means", rounds.releasers(request) if request.is_emergency else ())


def why_not_speak(request: ChangeRequest, by: Any) -> str:
    """Why this person says nothing of any node now; "" where they may of those that are theirs."""
    try:
        check_asked(request)
        check_hands(request, by)
    except Refused as refused:
        return refused.sentence
    return ""


def check_no_hand(request: ChangeRequest, by: Any, act: str, others: Iterable[str] = ()) -> None:
    """Judged on human beings: an author could name themselves the owner, or come back with a second account.

    ``others``: ids of persons who count as authors for this act, too.
    """
    hands = contents.hands_of(request) | set(others)
    if separation.is_one_of(by, hands):
        whose = "you" if str(by.pk) in hands else "another account of yours"
        raise NotAllowed(
            f"Somebody else must {act}: {whose} had a hand in it.", field="by", value=str(by), rule="another person"
        )


def dispositions(request: ChangeRequest) -> dict[Reference, ImpactDisposition]:
    """The newest one of each node, of this submission, where it was said of something as critical as it is now."""
    submission = request.assessment.get("submission", 1)
    rows = {(one.kind, one.key): one for one in request.dispositions.filter(submission=submission).order_by("id")}
    looks = list(request.impacts.filter(submission=submission, is_basis=True).order_by("id"))
    if not rows or _are_newer(rows, looks):
        return rows
    seen = [(one.id, Impact.from_content(one.content)) for one in looks]
    return {node: one for node, one in rows.items() if not _has_risen(node, _before(seen, one), seen[-1][1])}


def _are_newer(rows: dict[Reference, ImpactDisposition], looks: list[ChangeImpact]) -> bool:
    """Whether nobody has looked anew since the first of these words."""
    return not looks or min(one.id for one in rows.values()) > looks[-1].id


def _before(seen: list[tuple[UUID, Impact]], said: ImpactDisposition) -> Impact:
    """What the change reached when this was said: ids follow the time."""
    return next((impact for at, impact in reversed(seen) if at < said.id), seen[0][1])


def _has_risen(node: Reference, before: Impact, after: Impact) -> bool:
    """Whether this object, or all that the change reaches, is more critical than it was."""
    is_higher = highest((before.highest_criticality, after.highest_criticality)) != before.highest_criticality
    return is_higher or any(one.reference == node for one in after.grew_beyond(before))


def undisposed(request: ChangeRequest) -> list[Object]:
    """Critical objects of which nobody has said anything yet."""
    said = dispositions(request)
    return [one for one in reach.critical(request) if one.reference not in said]


def check_disposed(request: ChangeRequest) -> None:
    """Of everything critical somebody has spoken; on the short path nobody is asked."""
    if not _are_needed(request):
        return
    if left := undisposed(request):
        what = "an object" if len(left) == 1 else f"{len(left)} objects"
        raise Refused(
            f"Somebody has yet to say what {request.number} means for {what} that it reaches; its page says for which.",
            field="impact",
            value=str(len(left)),
            rule="a word of each owner",
        )


def _are_needed(request: ChangeRequest) -> bool:
    """By the path that its policies ask for; an emergency has none of its own to be spared by."""
    path = policies.asked_of(request)["path"] if request.is_emergency else request.path
    return ChangeState.ASSESSED in transitions.PATHS[path]
