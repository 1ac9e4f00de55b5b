"""What a change needs before it may come into force: chosen by what it touches, never by its author.

Several policies that match add up: every step of each, the longer path, the higher quorum. What was asked for when
the change was submitted stays asked for, and a policy that became stricter since is added to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.changes import transitions
from governance.changes.weighing.risk import CRITICALITIES, RISKS, Risk, risk_of
from governance.models import ChangeOperation, ChangeRequest, EffectiveRevision, Revision
from governance.signing.statement import digest

KIND = "approval_policy"
AT_ONCE = "release_at_once"  # only where no policy was ever in force: a hub that is empty yet
ORDER = ("reviewed", "acknowledged", "approved")
Requirement = dict[str, Any]  # policies (names), path, steps, release, pins; JSON-able: it is kept with the change


def in_force() -> list[Revision]:
    """The policies in force, by key."""
    rows = EffectiveRevision.objects.select_related("revision").filter(kind=KIND, revision__content__isnull=False)
    return [row.revision for row in rows.order_by("key")]


def counting() -> list[Revision]:
    """The policies in force; where an earlier build let the last of them be retired, those that went last: they decide
    until there is another one. Empty only where no policy was ever in force.
    """
    return in_force() or _last_in_force()


def _last_in_force() -> list[Revision]:
    retired = Revision.objects.filter(kind=KIND, content__isnull=True).select_related("base")
    last = retired.order_by("effective_at", "id").last()
    gone = retired.filter(change_id=last.change_id).order_by("key") if last else []
    return [one.base for one in gone if one.base is not None]


def required(operations: Iterable[ChangeOperation], risk: Risk) -> Requirement | None:
    """What the policies ask of these operations; None where none was ever in force and none is proposed.

    What touches a policy, and what no policy speaks of, needs what all of them together ask for.
    """
    touched = list(operations)
    kinds = {one.kind for one in touched}
    policies: list[Rules] = [Rules(one.key, one.version, one.digest, one.content or {}) for one in counting()]
    if not policies:  # the first policies are decided by their own rules
        policies = [_proposed(one) for one in touched if one.kind == KIND and one.content is not None]
    if not policies:
        return None
    matching = [one for one in policies if _matches(one.content, kinds, risk)]
    chosen = policies if KIND in kinds or not matching else matching
    return added_up(chosen, risk.path)


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy as it counts: a revision in force, or one of the first that are proposed (without a version)."""

    key: str
    version: str
    digest: str
    content: Mapping[str, Any]


def _proposed(one: ChangeOperation) -> Rules:
    return Rules(one.key, "", digest(one.content), one.content or {})


def added_up(policies: Sequence[Rules], path: str) -> Requirement:
    """The union of what these policies ask for."""
    contents = [one.content for one in policies]
    return {
        "policies": [one.key for one in policies],
        "path": longest([path, *(one.get("path", transitions.SHORT) for one in contents)]),
        "steps": _steps(contents),
        "release": _release(contents),
        "pins": [[one.key, one.version, one.digest] for one in policies],
    }


def asked_of(request: ChangeRequest) -> Requirement:
    """What was pinned at submission, and what a policy that became stricter since asks for beyond it.

    A rollback restores what was approved: no step is asked for, only what holds for whoever releases it.
    """
    pinned = request.requirement
    if pinned and (request.ordered_at is not None or request.state in transitions.OVER):  # what was asked for then
        return pinned
    if not pinned:
        return {"policies": [], "path": request.path, "steps": [], "release": [], "pins": []}
    facts = request.assessment
    risk = risk_of(
        change_kinds=[facts["change_kind"]],
        criticalities=[facts["criticality"]],
        detectabilities=[facts["detectability"]],
    )
    found = stricter(pinned, required(request.operations.all(), risk))
    return {**found, "path": request.path, "steps": []} if request.rolls_back_id else found


def stricter(pinned: Requirement, now: Requirement | None) -> Requirement:
    """What was asked for at submission, with what is asked for beyond it now: a policy is never lowered for it."""
    if not now:
        return pinned
    release = [*pinned["release"], *(one for one in now["release"] if one not in pinned["release"])]
    return {
        **pinned,
        "policies": list(dict.fromkeys([*pinned["policies"], *now["policies"]])),
        "path": longest([pinned["path"], now["path"]]),
        "steps": _joined([*pinned["steps"], *now["steps"]]),
        "release": release,
        "pins": [*pinned["pins"], *(pin for pin in now["pins"] if pin not in pinned["pins"])],
    }


def longest(paths: Iterable[str]) -> str:
    return max(paths, key=transitions.LONGER.index)


def _matches(content: Mapping[str, Any], kinds: set[str], risk: Risk) -> bool:
    wanted = content.get("matches", {})
    if wanted.get("kinds") and not kinds & set(wanted["kinds"]):
        return False
    if wanted.get("change_kinds") and risk.change_kind not in wanted["change_kinds"]:
        return False
    least = wanted.get("criticality")
    if least and CRITICALITIES[risk.criticality] < CRITICALITIES[least]:
        return False
    return not wanted.get("risk") or RISKS.index(risk.level) >= RISKS.index(wanted["risk"])


def _steps(contents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those who know the field before those who answer for it; among these in the order of the policies."""
    found = [_whole(step) for one in contents for step in one["steps"]]
    return _joined(sorted(found, key=lambda step: ORDER.index(step["meaning"])))


def _whole(step: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "meaning": step["meaning"],
        "label": step.get("label", ""),
        "role": step.get("role", ""),
        "right": step.get("right", ""),
        "quorum": step.get("quorum", 1),
        "needs_code": step.get("needs_code", False),
    }


def _joined(steps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One step a meaning and signer, with the higher of both quorums, and a code where either asks for one."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for step in steps:
        name = (step["meaning"], step["role"], step["right"])
        held = found.setdefault(name, dict(step))
        held["quorum"] = max(held["quorum"], step["quorum"])
        held["needs_code"] = held["needs_code"] or step["needs_code"]
    return list(found.values())


def _release(contents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Conditions on who signs the release: all of them hold for the one person."""
    asked = [
        {"role": one.get("role", ""), "right": one.get("right", ""), "needs_code": one.get("needs_code", False)}
        for one in (content.get("release", {}) for content in contents)
    ]
    return [one for at, one in enumerate(asked) if any(one.values()) and one not in asked[:at]]
