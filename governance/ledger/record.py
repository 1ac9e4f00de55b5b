"""Writes ledger entries: the seam behind which sealing comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from governance.fingerprint import fingerprint
from governance.ids import uuid7
from governance.ledger.tree import root
from governance.models import LedgerEntry
from governance.rows import Table

COLUMNS = ("uid", "kind", "root", "size", "content", "fingerprint")


def entry_over(kind: str, lines: Sequence[bytes], content: dict[str, Any]) -> tuple[UUID | None, Table]:
    """One entry over a batch's lines: its id, and the row that the transaction of the batch must write.

    An empty batch has neither.
    """
    if not lines:
        return None, (LedgerEntry, COLUMNS, [])
    entry_id = uuid7()
    row = (entry_id, kind, root(lines).hex(), len(lines), content, fingerprint())
    return entry_id, (LedgerEntry, COLUMNS, [row])
