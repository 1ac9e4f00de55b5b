"""Evidence of a change: what a kind can show by itself when it is submitted, and what persons attach later."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from governance.actors import actor_of
from governance.models import ChangeEvidence, ChangeOperation, ChangeRequest
from governance.models.change_evidence import Phase
from governance.signing.statement import digest


@dataclass(frozen=True, slots=True)
class Piece:
    """``is_passed`` None: a person must judge. ``facts`` are JSON-able, without floats."""

    kind: str
    title: str
    is_passed: bool | None
    facts: dict[str, Any]


Gatherer = Callable[[ChangeOperation, Any], Iterable[Piece]]  # (operation, who may see the samples)
_gatherers: dict[str, list[Gatherer]] = {}
_gathered: set[str] = set()


def gathered_by(kind: str, gatherer: Gatherer, *, gives: str) -> None:
    """Register what shows whether a candidate of this kind is sound: golden vectors, a back-test.

    ``gives`` is the kind of its pieces, which nobody had a hand in: of any other kind a person attached it.
    """
    _gathered.add(gives)
    held = _gatherers.setdefault(kind, [])
    if gatherer not in held:
        held.append(gatherer)


def gather(request: ChangeRequest, by: Any) -> list[ChangeEvidence]:
    """Run everything that the kinds offer, and keep what it showed; in the open change."""
    return [
        attach(request, piece, Phase.PROPOSAL, by)
        for operation in request.operations.order_by("position")
        for gatherer in _gatherers.get(operation.kind, ())
        for piece in gatherer(operation, by)
    ]


def attach(request: ChangeRequest, piece: Piece, phase: str, by: Any) -> ChangeEvidence:
    """Keep one piece; in the open change."""
    made = ChangeEvidence(
        change=request,
        submission=request.assessment.get("submission", 1),
        phase=phase,
        kind=piece.kind,
        title=piece.title[:200],
        is_passed=piece.is_passed,
        facts=piece.facts,
        digest=digest(piece.facts),
        by=actor_of(by).frozen(),
    )
    made.save()
    return made


def attached_by(request: ChangeRequest, *phases: str) -> set[str]:
    """Ids of who attached a piece in these phases, whatever it is; not of who submitted what the hub gathered then."""
    rows = request.evidence.filter(phase__in=phases).exclude(kind__in=_gathered)
    return {one["id"] for one in rows.values_list("by", flat=True)}


def of(request: ChangeRequest, *phases: str) -> list[ChangeEvidence]:
    """The evidence of the present submission, in order."""
    rows = request.evidence.filter(submission=request.assessment.get("submission", 1)).order_by("id")
    return list(rows.filter(phase__in=phases) if phases else rows)
