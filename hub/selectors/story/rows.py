"""The steps that history, ledger, audit events and refusals tell of one record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.text import capfirst

from governance.ledger.attesting import SIGNS
from governance.models import LedgerEntry
from governance.reading.fields import shown
from governance.reading.history import UNTOLD, version_of
from governance.selectors import proof
from governance.selectors.proof import Proof
from hub.selectors.story.step import Step
from hub.selectors.trail import audit, refusals

Told = dict[str, str]


def of_history(model: Any, pk: UUID, *, most: int) -> list[Step]:
    """Each version of the row, the oldest first, with what it changed and how it stands in the sealed log."""
    rows = list(model.history.filter(id=pk).order_by("-row_version", "-history_date")[:most])[::-1]
    names = [field.attname for field in shown(model) if field.name not in (*UNTOLD, *audit.FOR_WHO_SEES_ALL)]
    proofs = proof.of_history(model, rows)
    earlier: list[Any] = [None, *rows]
    return [_version(model, row, before, names, proofs) for before, row in zip(earlier, rows, strict=False)]


def _version(model: Any, row: Any, before: Any, names: Sequence[str], proofs: dict[UUID, Proof]) -> Step:
    told, found = version_of(row, before, names), proofs[row.history_id]
    return Step(
        at=told.at,
        source="history",
        what=f"{capfirst(model._meta.verbose_name)} {told.act.lower()}, row version {told.row_version}",
        who=told.who,
        why=told.why,
        ticket=told.ticket,
        fingerprint=told.build,
        release=str(getattr(row, "version", "")),
        act=str(row.act_id),
        correlation=row.act_correlation_id,
        changes=told.changes,
        proof=found,
        tone="bad" if found.is_bad or row.history_type == "-" else "ok",
    )


def of_ledger(model: Any, pk: UUID) -> list[Step]:
    """Lines of the ledger about writes that no history row explains: there are none unless somebody reached past."""
    known = set(model.history.filter(id=pk).values_list("row_version", "history_type"))
    lines = LedgerEntry.objects.filter(kind="row", table_name=model._meta.db_table, row_key__in=[str(pk), pk.hex])
    odd = [line for line in lines.order_by("number") if (line.row_version, SIGNS.get(line.operation)) not in known]
    return [
        Step(
            at=line.recorded_at,
            source="ledger",
            what=f"Ledger line {line.number}: {line.operation} to row version {line.row_version} without history",
            who=line.session,
            tone="bad",
        )
        for line in odd
    ]


def of_audit(user: Any, about: Q, *, most: int) -> list[Step]:
    """Audit events that this reader may read."""
    rows = list(audit.readable(user).filter(about).order_by("-id")[:most])
    proofs = proof.of_events(rows)
    return [
        Step(
            at=row.recorded_at,
            source="audit",
            what=row.sentence,
            who=row.actor["name"],
            why=row.reason,
            ticket=row.ticket,
            fingerprint=row.fingerprint,
            act=str(row.change_id or ""),
            correlation=row.correlation_id,
            proof=proofs[row.id],
            page=("audit-event", str(row.id)),
            tone="bad" if proofs[row.id].is_bad else "mute",
        )
        for row in rows
    ]


def of_refusals(user: Any, keys: Iterable[str], *, most: int) -> list[Step]:
    """What was tried on the record and refused, as far as this reader may read it."""
    rows = refusals.readable(user).filter(subject_id__in=list(keys)).order_by("-id")[:most]
    return [
        Step(
            at=row.recorded_at,
            source="refusal",
            what=f"Refused: {row.sentence}",
            who=row.actor["name"],
            correlation=row.correlation_id,
            tone="warn",
        )
        for row in rows
    ]
