"""The whole story of a record, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from hub.selectors.story import messages, rows
from hub.selectors.story.records import Record
from hub.selectors.story.step import Step

MOST = 200  # rows of each source


@dataclass(frozen=True, slots=True)
class Story:
    """``fingerprints`` are the systems that took part: build, settings and host. ``places`` where it happened."""

    steps: tuple[Step, ...]
    fingerprints: tuple[str, ...]
    places: tuple[str, ...]
    is_cut: bool

    @property
    def bad(self) -> int:
        """Steps whose evidence does not hold."""
        return sum((step.proof is not None and step.proof.is_bad) or step.source == "ledger" for step in self.steps)


def story_of(user: Any, record: Record) -> Story:
    """Everything that the trail says of the record and this reader may read, the oldest first."""
    steps = _of_message(user, record) if record.message else _of_row(user, record)
    told = tuple(sorted(steps, key=lambda step: step.order))
    return Story(
        told,
        tuple(dict.fromkeys(step.fingerprint for step in told if step.fingerprint)),
        tuple(dict.fromkeys(step.place for step in told)),
        is_cut=any(sum(step.source == source for step in told) >= MOST for source in ("history", "audit", "refusal")),
    )


def _of_message(user: Any, record: Record) -> list[Step]:
    assert record.message
    found = messages.together(user, record.message)
    return [
        *messages.of_messages(user, found),
        *rows.of_audit(user, messages.about(found), most=MOST),
        *rows.of_refusals(user, [str(one.id) for one in found], most=MOST),
    ]


def _of_row(user: Any, record: Record) -> list[Step]:
    keys = {record.key, str(record.pk)}
    about = Q(subject_kind=record.kind, subject_id__in=keys)
    if record.kind == "interface":
        about |= Q(interface_key=record.key)
    assert record.pk
    history = rows.of_history(record.model, record.pk, most=MOST)
    about |= Q(change_id__in={step.act for step in history}, subject_id__in=keys)
    return [
        *history,
        *rows.of_ledger(record.model, record.pk),
        *rows.of_audit(user, about, most=MOST),
        *rows.of_refusals(user, keys, most=MOST),
    ]
