"""Where each canonical value came from, by running the pinned mapping once more on what was received.

A mapping is pure and its revision is pinned, so the second run gives exactly what the first gave; it is
compared with the stored entity all the same, and says so where they differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dictionary.mapping import CompiledMapping, Mapped
from dictionary.mapping.protected import MASK
from dictionary.values import json
from dictionary.values.json import JsonRefused
from governance.keyring import Unreadable
from hub.flow import vault
from hub.flow.intake.document import document_of
from hub.flow.runtime import running
from hub.models import Message, Payload


@dataclass(frozen=True, slots=True)
class ValueTrace:
    """One value: ``rule`` counts from 1, as people do."""

    target: str
    value: Any
    rule: int
    revision: str
    source: tuple[str, ...]
    raw: Any
    notes: tuple[str, ...]

    @property
    def is_masked(self) -> bool:
        """Nobody can then say whether the value was changed."""
        return self.raw == MASK


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """One value that the mapping refused."""

    field: str
    value: Any
    rule: str
    sentence: str
    path: str


@dataclass(frozen=True, slots=True)
class Origins:
    """``is_same``: what the rules give now equals what was stored; None where it cannot be compared or told."""

    mapping: str
    revision: str
    values: tuple[ValueTrace, ...]
    problems: tuple[ValueProblem, ...]
    unread: tuple[str, ...]
    is_same: bool | None
    sentence: str


def of(message: Message, release_id: UUID) -> Origins:
    """The origin of each value. Never raises for what a payload holds."""
    release = running(release_id)
    key = release.content.get("mapping", "")
    if release.mapping is None:
        return nothing("This interface has no mapping: what arrives is taken as the canonical entity.")
    try:
        mapped, stored = _again(message, release.mapping)
    except (Unreadable, JsonRefused) as gone:
        return unknown(gone, key, release.mapping_version)
    is_same = None if stored is None else json.dumps(mapped.output) == stored
    return told(mapped, key, release.mapping_version, is_same, _said(is_same))


def told(mapped: Mapped, mapping: str, revision: str, is_same: bool | None, sentence: str) -> Origins:
    """What one run of ``mapping`` made, and how that compares with what is stored."""
    return Origins(mapping, revision, values_of(mapped), problems_of(mapped), mapped.unread, is_same, sentence)


def unknown(gone: Exception, mapping: str, revision: str) -> Origins:
    """Nothing but why: a payload cannot be opened any more."""
    return nothing(f"The origin of the values cannot be shown: {gone}", mapping, revision)


def nothing(sentence: str, mapping: str = "", revision: str = "") -> Origins:
    """No value, and the sentence that says why."""
    return Origins(mapping, revision, (), (), (), None, sentence)


def values_of(mapped: Mapped) -> tuple[ValueTrace, ...]:
    """Trace lines as pages and the API show them."""
    return tuple(
        ValueTrace(line.target, line.value, line.rule + 1, line.revision, line.source, line.raw, line.notes)
        for line in mapped.trace
    )


def problems_of(mapped: Mapped) -> tuple[ValueProblem, ...]:
    """What the mapping refused."""
    return tuple(ValueProblem(one.field, one.value, one.rule, one.sentence, one.path) for one in mapped.problems)


def _again(message: Message, mapping: CompiledMapping) -> tuple[Mapped, bytes | None]:
    """The mapping run once more, and the stored canonical bytes."""
    rows = Payload.objects.filter(message_id=message.id, stage__in=("received", "canonical")).order_by("id")
    stored = {row.stage: row for row in rows}
    received = stored["received"]
    document = document_of(received)
    canonical = stored.get("canonical")
    return mapping.run(document, trace=True), vault.opened(canonical) if canonical else None


def _said(is_same: bool | None) -> str:
    if is_same is None:
        return "No canonical entity was stored, so there is nothing to compare with."
    if is_same:
        return "The pinned rules were run once more on what was received: they give exactly what was stored."
    return "The pinned rules give something else than what was stored. Report this: it must not happen."
