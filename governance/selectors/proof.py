"""Whether a row of the trail stands in the sealed log as it is: its ledger line, its leaf, the checkpoint over it.

This looks at single rows while somebody reads them. The whole log, its tree and its signatures are checked by
``manage.py fsck`` and, without us, by ``verify.py`` (governance/ledger).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from governance.guard.mac import is_attested
from governance.ledger.attesting import SIGNS
from governance.ledger.leaf import COLUMNS, evidence_digest, leaf_bytes, leaf_hash, plain
from governance.ledger.verify import loads
from governance.models import AuditEvent, LedgerEntry, SealedCheckpoint, SealedLeaf

SEALED, WAITS, UNATTESTED, ALTERED, MISSING = "sealed", "waits", "unattested", "altered", "missing"
COMPARED = ("kind", "sentence", "actor_id", "subject_kind", "subject_id", "interface_key", "reason", "ticket")


@dataclass(frozen=True, slots=True)
class Proof:
    """``number`` is of the ledger line, ``checkpoint`` the size of the first one over it; None where there is none."""

    state: str
    number: int | None = None
    entry: int | None = None
    checkpoint: int | None = None
    sealed_at: datetime | None = None

    @property
    def is_bad(self) -> bool:
        return self.state in (UNATTESTED, ALTERED, MISSING)

    @property
    def word(self) -> str:
        """A few words for a list."""
        return {
            SEALED: f"Sealed in {self.checkpoint}",
            WAITS: "Not yet sealed",
            UNATTESTED: "Not attested",
            ALTERED: "Not as sealed",
            MISSING: "No ledger line",
        }[self.state]

    @property
    def sentence(self) -> str:
        """What was found, for a person."""
        if self.state == MISSING:
            return "The ledger has no line of it: it was not written through the guards, or before there were any."
        if self.state == WAITS:
            return f"Ledger line {self.number}; no checkpoint is over it yet."
        place = f"Ledger line {self.number}, entry {self.entry} of the sealed log"
        if self.state == ALTERED:
            return f"{place}: what is stored now is not what was sealed. Run `manage.py fsck`, and tell quality."
        if self.state == UNATTESTED:
            return f"{place}: the application did not write this row, or its code is wrong."
        return f"{place}, under the checkpoint over {self.checkpoint} entries. Row, line and leaf agree."


NONE = Proof(MISSING)


def of_events(events: Sequence[AuditEvent]) -> dict[UUID, Proof]:
    """The proof of each event of a page; two queries."""
    lines = _lines(AuditEvent._meta.db_table, [one.id for one in events], ("insert",))
    leaves = _leaves(lines.values())
    return {
        one.id: _judged(lines.get((one.id, 0, "insert")), leaves, lambda line, one=one: _same(one, line))
        for one in events
    }


def of_history(model: Any, rows: Sequence[Any]) -> dict[UUID, Proof]:
    """The proof of history rows of one governed model, by the id of the history row; two queries."""
    lines = _lines(model._meta.db_table, [row.id for row in rows], tuple(SIGNS))
    leaves = _leaves(lines.values())
    done = {sign: name for name, sign in SIGNS.items()}
    return {
        row.history_id: _of_row(row, lines.get((row.id, row.row_version, done[row.history_type])), leaves)
        for row in rows
    }


def _of_row(row: Any, line: dict[str, Any] | None, leaves: dict[int, SealedLeaf]) -> Proof:
    leaf = leaves.get(line["number"]) if line else None
    if line and not is_attested(row):
        return _proof(UNATTESTED, line, leaf)
    return _judged(line, leaves, lambda line: leaf is None or leaf.evidence == evidence_digest(row))


def _judged(line: dict[str, Any] | None, leaves: dict[int, SealedLeaf], agrees: Any) -> Proof:
    if line is None:
        return NONE
    leaf = leaves.get(line["number"])
    if not agrees(line) or (leaf is not None and leaf.hash != _hash(line, leaf)):
        return _proof(ALTERED, line, leaf)
    if leaf is not None and leaf.attested == "no":
        return _proof(UNATTESTED, line, leaf)
    return _proof(SEALED if leaf is not None and leaf.checkpoint else WAITS, line, leaf)  # type: ignore[attr-defined]


def _proof(state: str, line: dict[str, Any], leaf: Any) -> Proof:
    if leaf is None:
        return Proof(state, line["number"])
    return Proof(state, line["number"], leaf.position, leaf.checkpoint, leaf.sealed_at)


def _hash(line: dict[str, Any], leaf: SealedLeaf) -> str:
    said = leaf_bytes(line, attested=leaf.attested, evidence=leaf.evidence, withheld=leaf.withheld)
    return leaf_hash(said)


def _same(event: AuditEvent, line: dict[str, Any]) -> bool:
    """Whether the event still says what the database saw when it was written."""
    told = loads(line["new"])
    return all(plain(getattr(event, name)) == told.get(name) for name in COMPARED)


def _lines(table: str, ids: Iterable[UUID], operations: tuple[str, ...]) -> dict[tuple, dict[str, Any]]:
    """By (id, version, operation). The two databases write a key with and without its dashes."""
    keys = {text for one in ids for text in (str(one), one.hex)}
    rows = LedgerEntry.objects.filter(kind="row", table_name=table, row_key__in=keys, operation__in=operations)
    return {(UUID(row["row_key"]), row["row_version"], row["operation"]): row for row in rows.values(*COLUMNS)}


def _leaves(lines: Iterable[dict[str, Any]]) -> dict[int, SealedLeaf]:
    """By the number of the line, each with the size and the time of the first checkpoint over it."""
    over = SealedCheckpoint.objects.filter(size__gt=OuterRef("position")).order_by("size")
    rows = SealedLeaf.objects.filter(number__in=[line["number"] for line in lines])
    rows = rows.annotate(checkpoint=Subquery(over.values("size")[:1]), sealed_at=Subquery(over.values("sealed_at")[:1]))
    return {row.number: row for row in rows}
