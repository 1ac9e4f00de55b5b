"""What the sealer tells people: rows that nobody attests, guards that changed and nobody says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from governance import audit
from governance.fingerprint import fingerprint
from governance.guard.context import change
from governance.models import LedgerEntry

Line = Mapping[str, Any]

NAMED = 20  # lines that one event lists; the others are in the log
REASON = "Sealing of the ledger"

audit.describe(
    ledger__unattested="{count} row(s) were not written by the application, the first: {subject}, ledger line {first}.",
    ledger__guards_changed="The guards of the database were changed, and no line of the ledger says why.",
    ledger__epoch_begun="{actor} began epoch {epoch} of the sealed log after {size} entries.",
)


def unattested(lines: Sequence[Line], *, by: Any) -> None:
    """One audit event for all lines of a checkpoint whose rows bear no code of the application."""
    if not lines:
        return
    first = lines[0]
    numbers = [line["number"] for line in lines[:NAMED]]
    with change(by=by, reason=REASON):
        subject = ("row", f"{first['table_name']} {first['row_key']}"[:160])
        audit.record("ledger.unattested", subject=subject, count=len(lines), first=first["number"], numbers=numbers)


def guards_changed(before: str, after: str, *, by: Any) -> None:
    """A line of the ledger and an audit event, in the transaction of the checkpoint that shows it."""
    with change(by=by, reason=REASON) as made:
        content = {"before": before, "after": after}
        LedgerEntry.objects.create(kind="guard_changed", content=content, act=made.told(), fingerprint=fingerprint())
        audit.record("ledger.guards_changed", subject=("ledger", "guards"), before=before, after=after)
