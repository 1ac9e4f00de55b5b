"""The answers of governance's doors, as they are documented: controlled objects and change requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from governance.api.openapi.shapes import Moment, said
from governance.changes.deciding.signers import nobody_left
from governance.changes.told.stage_words import stage_of
from governance.models import ChangeOperation, ChangeRequest, Projection


@dataclass(frozen=True, slots=True)
class Controlled:
    """A controlled object as it is in force; it changes through a change request only."""

    kind: Annotated[str, said("Its kind.", "element")]
    key: Annotated[str, said("Its name for ever.", "glucose")]
    label: Annotated[str, said("What people call it.", "Glucose")]
    version: Annotated[str, said("Semantic version of the revision in force.", "1.2.0")]
    digest: Annotated[str, said("SHA-256 over its canonical JSON (RFC 8785); also the ETag.", "sha256:1f0c…")]
    effective_at: Annotated[Moment, said("Since when.")]
    change: Annotated[str, said("The change request that brought it.", "CR-2026-0012")]
    content: Annotated[dict[str, Any], said("The object itself, as its kind has it.")]


@dataclass(frozen=True, slots=True)
class Named:
    """Who acted, frozen at the moment of the act."""

    kind: Annotated[str, said("person, service_account or system.", "person")]
    name: Annotated[str, said("The name then.", "Olga Brandt")]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change request in a list."""

    number: Annotated[str, said("Its number.", "CR-2026-0012")]
    title: Annotated[str, said("What it is about.", "A second unit for glucose")]
    state: Annotated[str, said("Where it stands, as a code; being released says nothing of approval.", "released")]
    stage: Annotated[str, said("The same in words: an emergency is released before approval.", "Released")]
    reason: Annotated[str, said("Why.", "The laboratory in Lyon reports in mmol/L")]
    author: Annotated[Named, said("Who proposed it.")]
    policy: Annotated[str, said("The policies that decide what it needs.", "every-change, every-meaning")]
    path: Annotated[str, said("at_once, short, standard, full, emergency or rollback: its states.", "short")]
    risk: Annotated[str, said("low, medium or high; empty while it is a draft.", "low")]
    proposed_at: Moment
    submitted_at: Annotated[Moment | None, said("Since when its content is frozen.")]
    effective_at: Annotated[Moment | None, said("When the release takes effect, where a time was set.")]
    released_at: Moment | None
    retrospective_due_at: Annotated[Moment | None, said("Of an emergency: when its approval is due.")]
    retrospective_done_at: Annotated[Moment | None, said("Of an emergency: when it was approved in retrospect.")]


@dataclass(frozen=True, slots=True)
class ProposedOperation:
    """One object of a change: `content` null retires it."""

    kind: Annotated[str, said("Kind of the object.", "element")]
    key: Annotated[str, said("Key of the object.", "glucose")]
    base: Annotated[str | None, said("The version that it was made from; null for a new object.", "1.2.0")]
    change_kind: Annotated[str, said("editorial, compatible, breaking or semantic.", "editorial")]
    content: dict[str, Any] | None
    difference: Annotated[list[dict[str, Any]], said("Field by field: field, old, new.")]


@dataclass(frozen=True, slots=True)
class Change(ChangeLine):
    """A change request with its operations."""

    operations: list[ProposedOperation]
    nobody_left: Annotated[list[str], said("Signatures to come that nobody could give any more, each a sentence.")]


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature, as it is shown everywhere (21 CFR 11.50)."""

    subject: Annotated[str, said("change, change_release or change_closing.", "change")]
    name: Annotated[str, said("Full name of the signer.", "Quinn Mbeki")]
    title: Annotated[str, said("Title of the signer then.", "Head of quality assurance")]
    meaning: Annotated[str, said("What it means.", "Approval")]
    utc: Annotated[str, said("When, in UTC.", "2026-11-22 01:05:09 UTC")]
    is_valid: Annotated[bool, said("Computed at this moment: whether it covers what the change holds.", True)]
    is_demonstration: Annotated[bool, said("Made in a demonstration: it counts nowhere else.", False)]
    digest: Annotated[str, said("SHA-256 of the signed token.", "sha256:77ab…")]


@dataclass(frozen=True, slots=True)
class Signatures:
    """All of them, withdrawn and void ones too."""

    signatures: list[SignatureLine]


def controlled(row: Projection) -> Controlled:
    """``row`` with its revision and the revision's change selected."""
    held = row.revision
    return Controlled(
        held.kind, row.key, row.label, row.version, held.digest, held.effective_at, held.change.number, row.content
    )


def change_line(row: ChangeRequest) -> ChangeLine:
    return ChangeLine(**_told(row))


def change(row: ChangeRequest) -> Change:
    operations = row.operations.select_related("base").order_by("position")
    return Change(**_told(row), operations=[_operation(one) for one in operations], nobody_left=nobody_left(row))


def _told(row: ChangeRequest) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "stage": stage_of(row),
        "reason": row.reason,
        "author": Named(row.author["kind"], row.author["name"]),
        "policy": row.policy,
        "path": row.path,
        "risk": row.risk,
        "proposed_at": row.proposed_at,
        "submitted_at": row.submitted_at,
        "effective_at": row.effective_at,
        "released_at": row.released_at,
        "retrospective_due_at": row.retrospective_due_at,
        "retrospective_done_at": row.retrospective_done_at,
    }


def _operation(one: ChangeOperation) -> ProposedOperation:
    base = one.base.version if one.base else None
    return ProposedOperation(one.kind, one.key, base, one.change_kind, one.content, one.difference)
