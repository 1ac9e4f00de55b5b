"""``manage.py fsck``: what ``verify.py`` asks of a bundle, asked of the database itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from governance.guard.state import guard_state, misfit
from governance.ledger.export import streams
from governance.ledger.export.moment import one_moment
from governance.ledger.head import head
from governance.ledger.keys import pinned
from governance.ledger.seal import why_not
from governance.ledger.unsealed import passed_over
from governance.ledger.verify import UNREADABLE, Checkpoint, Log, Report, Rows, Tree, Unable, beside

NO_KEYS = "No public key is pinned: set HUB_SEAL_PUBLIC_KEYS, or make a key with `manage.py seal_key`."


def check(held: Checkpoint | None = None, every: bool = False) -> Report:
    """Everything of the sealed log against the tables. Raises Unable."""
    keys = pinned()
    if not keys:
        raise Unable(NO_KEYS)
    report = Report([], [])
    with one_moment(), tempfile.TemporaryDirectory() as place:
        log = Log(keys, Rows(streams.columns(), place), held, every)
        try:
            _run(log, report)
        except UNREADABLE as error:
            report.findings.append(f"What is sealed cannot be read: {error or type(error).__name__}")
        report.findings += log.findings
        report.findings += _of_the_database(log)
    report.remarks += [*log.guards.remarks, *log.epochs, *log.remarks]
    return report


def _run(log: Log, report: Report) -> None:
    log.run(Tree(), streams.notes(), streams.leaves())
    waiting = log.unsealed(streams.unsealed())
    log.end(guard_state())
    if log.last:
        report.remarks.append(f"{log.last.size} entries up to the checkpoint of {log.last.time}, root {log.last.root}.")
    if waiting:
        report.remarks.append(f"{waiting} lines wait to be sealed.")
    beside(log, report, streams.history(), streams.audit_events(), streams.present())


def _of_the_database(log: Log) -> Iterator[str]:
    """What a bundle cannot show: lines that were passed over, guards that are off now."""
    for number in passed_over(head().cursor).values_list("number", flat=True)[:20]:
        yield f"Ledger line {number} should have been sealed, and has no leaf."
    if sentence := why_not():
        yield sentence
    if sentence := misfit():
        yield sentence
