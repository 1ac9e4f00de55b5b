"""A new epoch: the log goes on in a database that was restored, and says so.

Transaction ids begin anew in another cluster, so what is left cannot be sealed in the order of its commits: it is
sealed as it stands, under a lock that lets nobody write the ledger, with the line that begins the epoch as the last.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from governance import audit
from governance.errors import Refused
from governance.fingerprint import fingerprint
from governance.guard.context import change
from governance.guard.state import guard_state
from governance.ledger import telling
from governance.ledger.attesting import judge
from governance.ledger.head import head
from governance.ledger.keys import sealing_key
from governance.ledger.leaf import COLUMNS
from governance.ledger.seal import wait_until_alone
from governance.ledger.unsealed import without_leaf
from governance.models import LedgerEntry, SealedCheckpoint

NO_KEY = "The sealer's key is not here: run this where HUB_SEAL_KEY_FILE can be read, as the user of the workers."


def begin_epoch(*, by: Any, reason: str) -> SealedCheckpoint:
    """Seal everything that has no leaf, whatever its transaction. Raises Refused without the key."""
    key = sealing_key()
    if key is None:
        raise Refused(NO_KEY, field="HUB_SEAL_KEY_FILE", rule="a key that can be read")
    with change(by=by, reason=reason) as made:
        wait_until_alone()
        _let_nobody_write()
        now = head()
        content = {"epoch": now.epoch + 1, "after": now.size, "reason": made.reason, "by": made.by.name}
        audit.record("ledger.epoch_begun", subject=("ledger", now.origin), epoch=now.epoch + 1, size=now.size)
        line = LedgerEntry.objects.create(kind="epoch", content=content, act=made.told(), fingerprint=fingerprint())
        lines = list(without_leaf().values(*COLUMNS))
        judged = judge(lines)
        begun = now.in_new_epoch(_last_number(), LedgerEntry.objects.get(number=line.number).xid)
        telling_of = [one.line for one in judged if one.attested == "no"]
        checkpoint = begun.grown(judged, key=key, guards=guard_state())
        telling.unattested(telling_of, by=by)
    return checkpoint


def _last_number() -> int:
    return LedgerEntry.objects.aggregate(last=models.Max("number"))["last"] or 0


def _let_nobody_write() -> None:
    """Until the transaction ends; the command runs as the owner of the tables, who alone may."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {LedgerEntry._meta.db_table} IN EXCLUSIVE MODE")
