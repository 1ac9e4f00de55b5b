"""The answers of governance's doors, as they are documented: controlled objects and change requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from governance.api.openapi.shapes import Moment, said
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
    state: Annotated[str, said("Where it stands.", "released")]
    reason: Annotated[str, said("Why.", "The laboratory in Lyon reports in mmol/L")]
    author: Annotated[Named, said("Who proposed it.")]
    policy: Annotated[str, said("Which approval it needs.", "release_at_once")]
    proposed_at: Moment
    released_at: Moment | None


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
    return Change(**_told(row), operations=[_operation(one) for one in operations])


def _told(row: ChangeRequest) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "reason": row.reason,
        "author": Named(row.author["kind"], row.author["name"]),
        "policy": row.policy,
        "proposed_at": row.proposed_at,
        "released_at": row.released_at,
    }


def _operation(one: ChangeOperation) -> ProposedOperation:
    base = one.base.version if one.base else None
    return ProposedOperation(one.kind, one.key, base, one.change_kind, one.content, one.difference)
