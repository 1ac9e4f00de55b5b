"""The sealer: what is committed to the ledger becomes leaves of the log, and a signed checkpoint says so.

One sealer at a time. Nothing is sealed that a later commit could come before (governance/ledger/unsealed.py). The
private key is read here and nowhere else; a process without it seals nothing.
"""

from __future__ import annotations

import structlog
from django.db import OperationalError, connection

from governance.actors import Actor
from governance.errors import Refused
from governance.guard.state import guard_state
from governance.guard.transactions import write
from governance.ledger import guard_lines, telling
from governance.ledger.attesting import judge
from governance.ledger.head import Head, head, newest, place
from governance.ledger.keys import SealingKey, sealing_key
from governance.ledger.unsealed import committed
from governance.models import LedgerEntry, SealedCheckpoint, SealedLeaf

log = structlog.get_logger(__name__)

SEALER = Actor("system", "sealer", "Interlock sealer")
PORTION = 2000  # lines a transaction
LOCK = 6962  # PostgreSQL's advisory lock of who seals
PATIENCE_MS = 2000
ELSEWHERE = (
    "The log was sealed in another database than this one, which was restored from it. Run `manage.py audit epoch`: it "
    "seals what is left and says so in the log."
)
CUT = (
    "The log holds ledger line {number} as its last, and the ledger does not: lines were removed, or an older ledger "
    "was restored. Find out which; then `manage.py audit epoch` goes on from here and says so in the log."
)


def seal() -> SealedCheckpoint | None:
    """Seal all that can be; the newest checkpoint that was made, or None. Raises Refused where an epoch must begin."""
    key, made = sealing_key(), None
    while key:
        one, is_all = _seal_portion(key)
        made = one or made
        if is_all:
            break
    return made


def why_not() -> str:
    """A sentence where the sealer must not go on from the last checkpoint; "" where it may."""
    last = newest()
    if last is None:
        return ""
    if last.state["place"] != place():
        return ELSEWHERE
    leaf = SealedLeaf.objects.order_by("-position").first()
    if leaf and not LedgerEntry.objects.filter(number=leaf.number).exists():
        return CUT.format(number=leaf.number)
    return ""


def wait_until_alone() -> None:
    """Keep the sealer's lock until the transaction ends. Raises OperationalError where another one keeps it long."""
    if connection.vendor == "postgresql":  # elsewhere write() lets one writer in
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            cursor.execute("SET LOCAL lock_timeout = 0")


def _seal_portion(key: SealingKey) -> tuple[SealedCheckpoint | None, bool]:
    """The checkpoint, and whether nothing is left that could be sealed now."""
    try:
        with write():
            wait_until_alone()
            return _seal_locked(head(), key)
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        log.info("sealer.busy")  # another one seals: what it cannot see yet, the next tick does
        return None, True


def _seal_locked(now: Head, key: SealingKey) -> tuple[SealedCheckpoint | None, bool]:
    if sentence := why_not():
        raise Refused(sentence, field="ledger", rule="one log, one database")
    lines = committed(now.cursor, PORTION)
    told = guard_lines.told(now, lines, guard_state())
    for before, after in told.unsaid:
        telling.guards_changed(before, after, by=SEALER)
    is_all = len(lines) < PORTION and not told.unsaid  # those lines are sealed next: who exports now must see them
    if not lines:
        return None, is_all
    judged = judge(lines)
    telling.unattested([one.line for one in judged if one.attested == "no"], by=SEALER)
    return now.grown(judged, key=key, guards=told.state), is_all
