"""Writes ledger entries: the seam behind which sealing comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from governance.fingerprint import fingerprint
from governance.ledger.tree import root
from governance.models import LedgerEntry


def record_batch(kind: str, lines: Sequence[bytes], content: dict[str, Any]) -> LedgerEntry | None:
    """One entry over the batch's lines, in the transaction that commits the batch; none for an empty batch."""
    if not lines:
        return None
    entry = LedgerEntry(kind=kind, root=root(lines).hex(), size=len(lines), content=content, fingerprint=fingerprint())
    entry.save(force_insert=True)
    return entry
