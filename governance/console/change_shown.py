"""What the page of one change request shows of its path: risk, impact, evidence, signatures, history, acts."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any

from governance.changes import effective, kinds, transitions
from governance.changes.choosing import policy_words
from governance.changes.deciding import signed_words, signers, standings, uncounted, voiding
from governance.changes.impact import Object
from governance.changes.impact.seen import UNNAMED
from governance.changes.kinds import Reference
from governance.changes.proposing import contents
from governance.changes.told import open_acts, stage_words, telling
from governance.changes.weighing import owners, reach
from governance.console.attached import attached
from governance.console.change_acts import ACTS
from governance.console.change_story import story
from governance.console.confirm import linked
from governance.console.who_speaks import why_not_for, why_nowhere
from governance.models import ChangeOperation, ChangeRequest
from governance.signing.judge import why_not
from governance.signing.manifestation import rows_of

SHOWN = 15  # objects of the impact before the fold
SIGN_WORDS = {
    "reviewed": "Sign the review",
    "acknowledged": "Sign that you have read it",
    "approved": "Sign the approval",
    "rejected": "Reject it",
    "released": "Sign the release",
    "closed": "Sign the closure",
}


Beside = Callable[[ChangeRequest, Any], dict[str, Any] | None]
_beside: dict[str, Beside] = {}  # template → what it shows


def beside(template: str, found: Beside) -> None:
    """Register a card of a higher floor: what the change did there. None shows nothing."""
    _beside[template] = found


def shown(request: ChangeRequest, user: Any, operations: Sequence[ChangeOperation]) -> dict[str, Any]:
    """Everything beside the operations, of which ``operations`` are those that the user may see."""
    return {
        "path": stage_words.path_of(request),
        "steps": _steps(request),
        "warnings": _warnings(request, user, operations),
        "impact": impact(request, user),
        "evidence": attached(request, user),
        "signatures": [row for kind in standings.CONTENT for row in rows_of(kind, request.number)],
        "acts": [(one, ACTS[one.name]) for one in open_acts.open_acts(request, user)],
        "to_sign": _to_sign(request, user),
        "past": story(request, user, _spoken_of(request, user)),
        "hands": _hands(request),
        "policies": policy_words.listed(request),
        "how_risk_was_found": signed_words.how_risk_was_found(request),
        "besides": [(template, given) for template, found in _beside.items() if (given := found(request, user))],
    }


def _warnings(request: ChangeRequest, user: Any, operations: Sequence[ChangeOperation]) -> list[str]:
    """What keeps it from being signed or released, each once; names only for who may see all of them."""
    told = [telling.why_stopped(user, request, one) for one in (voiding.growth(request), request.stopped_because)]
    told += [voiding.lengthened(request), *moved(request, operations)]
    told += [*uncounted.warnings(request), *signers.nobody_left(request)]
    return list(dict.fromkeys(one for one in told if one))


def moved(request: ChangeRequest, operations: Sequence[ChangeOperation]) -> list[str]:
    """Objects among ``operations`` of which another version came into force since, and what to do about it."""
    if request.state not in transitions.BEFORE_RELEASE:
        return []
    first = "" if request.is_open_draft else "Withdraw it, then "
    way = (
        "cancel it" if request.rolls_back_id else f"{first}press “Edit it in this draft”: theirs is shown beside yours"
    )
    versions = effective.versions_of({(one.kind, one.key) for one in operations})
    return [
        f"The {kinds.noun(one.kind)} {one.key} is in force as {now} by now, and this was made from "
        f"{one.base.version if one.base else 'nothing'}. {way[0].upper()}{way[1:]}."
        for one in operations
        if (now := versions.get((one.kind, one.key), "")) != (one.base.version if one.base else "")
    ]


def _steps(request: ChangeRequest) -> list[dict[str, Any]]:
    """Who signs what, and who has."""
    if not request.requirement:
        return []
    now = standings.standing(request, standings.PROPOSAL)
    steps = standings.policy_of(request, standings.PROPOSAL).steps
    return [
        {
            "label": one.label or one.meaning.capitalize(),
            "who": one.role or one.right,
            "quorum": one.quorum,
            "needs_code": one.needs_code,
            "signed": [row.person["name"] for row in now.counted if row.step == at and row.meaning == one.meaning],
            "is_open": now.step == at,
            "is_done": now.veto is None and (now.step is None or at < now.step),
        }
        for at, one in enumerate(steps)
    ]


def impact(request: ChangeRequest, user: Any) -> dict[str, Any] | None:
    """What is decided on, as far as the reader may see; live where nobody has assessed it yet."""
    held = reach.basis(request)
    if held is None and request.is_open_draft:
        held = reach.now(request)
    if held is None:
        return None
    said = owners.dispositions(request)
    are_asked = owners.are_asked(request)
    asked = {one.reference for one in held.critical} if are_asked else set()
    objects = sorted(held.objects, key=lambda one: (one.is_named, not one.is_critical))  # who must speak comes first
    passed = {node.reference for one in objects for node in one.nearest.path}
    known = {(one.kind, one.key): one for one in linked(user, passed)}
    links = {one.reference: known[one.reference] for one in objects if one.reference in known}
    why_not = why_nowhere(request, user) if are_asked else ""
    rows = [
        {
            "link": links[one.reference],
            "object": one,
            "way": _way(one, known),
            "said": said.get(one.reference),
            "is_asked": one.reference in asked,
            "is_named": one.is_named,
            "why_not": why_not_for(one, user) if one.reference in asked and not why_not else "",
        }
        for one in objects
        if one.reference in links
    ]
    groups = [("", rows[:SHOWN]), (f"{len(rows) - SHOWN} more", rows[SHOWN:])]
    return {
        "groups": [one for one in groups if one[1]],
        "theirs": sum(1 for one in rows if one["is_asked"] and not (one["said"] or one["why_not"] or why_not)),
        "hidden": len(objects) - len(rows),
        "hash": held.graph_hash,
        "why_not": why_not if any(row["is_asked"] and not row["said"] for row in rows) else "",
    }


def _way(one: Object, known: Container[Reference]) -> str:
    """The shortest way there, each object once; what the reader may not see is not named."""
    named = (f"{kinds.noun(node.kind)} {node.key}" if node.reference in known else UNNAMED
             for node in one.nearest.path)  # fmt: skip
    return " → ".join(dict.fromkeys(named))


def _to_sign(request: ChangeRequest, user: Any) -> list[dict[str, str]]:
    return [
        {
            "subject": one.subject,
            "meaning": one.meaning,
            "label": SIGN_WORDS[one.meaning],
            "why_not": why_not((one.subject, request.number), one.meaning, user),
        }
        for one in open_acts.open_signatures(request)
    ]


def _spoken_of(request: ChangeRequest, user: Any) -> set[Reference]:
    """Of what owners have said something about, as far as the reader may know of it."""
    named = list(dict.fromkeys(request.dispositions.values_list("kind", "key")))
    return {(one.kind, one.key) for one in linked(user, named)}


def _hands(request: ChangeRequest) -> list[str]:
    """Names of everybody who had a hand in what is approved, as signing judges it; the author first."""
    hands = contents.hands_of(request)
    rows = request.operations.model.history.filter(change_id=request.pk).order_by("history_date")
    actors = [request.author, *(one.act_actor for one in rows), *(one.act_actor for one in request.history.all()),
              *request.evidence.order_by("id").values_list("by", flat=True)]  # fmt: skip
    return list(dict.fromkeys(one["name"] for one in actors if one["id"] in hands))
