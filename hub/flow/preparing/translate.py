"""From a document to the canonical entity, and from there to what a target takes. No writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from dictionary.mapping import Problem as MappingProblem
from dictionary.values.errors import ValueRefused, excerpt
from dictionary.values.json import JsonRefused
from hub.flow.problems import Problem
from hub.flow.runtime import Running, RunningRoute
from hub.flow.states import Reason

SHOWN_PROBLEMS = 3
CODE_RULES = ("code", "codes", "lookup")


@dataclass(frozen=True, slots=True)
class Translated:
    """Either an output, or the problem that keeps it back."""

    output: dict[str, Any]
    unread: tuple[str, ...] = ()
    problem: Problem | None = None


class Envelope(Protocol):
    """What a target may be told of a message."""

    @property
    def id(self) -> UUID: ...
    @property
    def correlation_id(self) -> str: ...
    @property
    def business_key(self) -> str: ...
    @property
    def idempotency_key(self) -> str: ...
    @property
    def source_system(self) -> str: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...


def to_canonical(document: Any, release: Running) -> Translated:
    """Contract, then mapping. An interface without a mapping takes the document as canonical."""
    broken = release.contract.violations(document)
    if broken:
        first = broken[0]
        sentence = " ".join(violation.sentence for violation in broken[:SHOWN_PROBLEMS])
        return Translated({}, problem=Problem(Reason.INVALID, sentence, first.path, excerpt(first.value), first.rule))
    if release.mapping is None:
        return Translated(document)
    mapped = release.mapping.run(document, trace=False)
    if mapped.problems:
        return Translated({}, problem=problem_of(mapped.problems))
    return Translated(mapped.output, mapped.unread)


def to_target(
    canonical: dict[str, Any],
    message: Envelope,
    release: Running,
    route: RunningRoute,
    *,
    receipts: dict[str, Any],
    canonical_by: Running | None = None,
) -> Translated:
    """What the target takes: the canonical fields and, under ``hub``, where they come from (provenance).

    ``canonical_by`` is the release that made the canonical entity, where that is an earlier one.
    """
    document = {**canonical, "hub": provenance(message, canonical_by or release, receipts)}
    if route.mapping is None:
        return Translated(document)
    try:
        mapped = route.mapping.run(document, trace=False, looks_for_unread=False)
    except Exception as error:  # our own fault must cost this delivery only, and say so
        return failed(error)
    return Translated(mapped.output, problem=problem_of(mapped.problems) if mapped.problems else None)


def provenance(message: Envelope, release: Running, receipts: dict[str, Any]) -> dict[str, Any]:
    """Who, which system, when, original id, mapping revision: what a target shows beside the record (M2.5)."""
    return {
        "message_id": str(message.id),
        "correlation_id": message.correlation_id,
        "original_id": message.business_key or message.idempotency_key,
        "source_system": message.source_system,
        "received_at": message.received_at.isoformat(),
        "received_from": message.actor_name,
        "interface": release.key,
        "release": str(release.number),
        "mapping_revision": release.mapping_version,
        "receipts": receipts,
    }


def applies(route: RunningRoute, canonical: dict[str, Any]) -> bool:
    """Whether the message takes this route."""
    return route.condition is None or route.condition(canonical, canonical)


def problem_of(problems: tuple[MappingProblem, ...]) -> Problem:
    """All problems as one, the first with its field, value and rule."""
    first = problems[0]
    reason = Reason.UNMAPPED if any(problem.rule in CODE_RULES for problem in problems) else Reason.INVALID
    sentence = " ".join(problem.sentence for problem in problems[:SHOWN_PROBLEMS])
    if len(problems) > SHOWN_PROBLEMS:
        sentence += f" And {len(problems) - SHOWN_PROBLEMS} more."
    return Problem(reason, sentence, first.path or first.field, excerpt(first.value), first.rule)


def failed(error: Exception) -> Translated:
    """A value that a rule refuses, a document that is no JSON, or an error of our own."""
    if isinstance(error, ValueRefused):
        return Translated(
            {}, problem=Problem(Reason.INVALID, error.sentence, error.field, excerpt(error.value), error.rule)
        )
    if isinstance(error, JsonRefused):
        return Translated({}, problem=Problem(Reason.UNREADABLE, error.sentence))
    what = type(error).__name__
    sentence = f"The hub could not prepare this message ({what}). This is a fault of the hub, not of the record."
    return Translated({}, problem=Problem(Reason.INTERNAL, sentence))
