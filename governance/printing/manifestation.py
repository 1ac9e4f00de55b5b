"""Signatures as paper shows them (21 CFR 11.50): printed name, meaning, local time with zone and UTC, hash."""

from __future__ import annotations

from dataclasses import dataclass

from governance.signing.manifestation import rows_of


@dataclass(frozen=True, slots=True)
class Manifested:
    """One signature. ``state`` says in words whether it holds, and whether it was made in a demonstration; "" where
    nothing was checked."""

    name: str
    meaning: str
    local: str
    utc: str
    digest: str
    state: str = ""


def manifested(kind: str, key: str) -> list[Manifested]:
    """The signatures of one record (kind of the signed subject, its id or number), in their order."""
    return [Manifested(row.name, row.meaning, row.local, row.utc, row.digest, row.state) for row in rows_of(kind, key)]
