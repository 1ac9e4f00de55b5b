"""Writes ledger entries: the seam behind which sealing comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from governance.fingerprint import fingerprint
from governance.ids import uuid7
from governance.ledger.tree import root
from governance.models import LedgerEntry
from governance.rows import insert

COLUMNS = ("id", "kind", "root", "size", "content", "fingerprint")


def record_batch(kind: str, lines: Sequence[bytes], content: dict[str, Any]) -> UUID | None:
    """One entry over the batch's lines, in the transaction that commits the batch: its id; none for an empty batch."""
    if not lines:
        return None
    entry_id = uuid7()
    insert(LedgerEntry, COLUMNS, [(entry_id, kind, root(lines).hex(), len(lines), content, fingerprint())])
    return entry_id
