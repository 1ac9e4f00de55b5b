"""``manage.py fsck``: what ``verify.py`` asks of a bundle, asked of the database itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice

from governance.guard.state import guard_state, misfit
from governance.ledger.attesting import judge
from governance.ledger.export import streams
from governance.ledger.export.moment import one_moment
from governance.ledger.head import head
from governance.ledger.keys import pinned
from governance.ledger.leaf import COLUMNS, NO
from governance.ledger.seal import why_not
from governance.ledger.unsealed import passed_over, without_leaf
from governance.ledger.verify import UNREADABLE, Checkpoint, Log, Report, Rows, Tree, Unable, beside

PORTION = 2000  # lines a query
UNATTESTED = "not attested: it was not written by the application, which alone has the key."
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
    yield from _unattested()
    if sentence := why_not():
        yield sentence
    if sentence := misfit():
        yield sentence


def _unattested() -> Iterator[str]:
    """What a leaf will say of a line once it is sealed: that the application did not write its row."""
    lines = without_leaf().values(*COLUMNS).iterator(PORTION)
    while portion := list(islice(lines, PORTION)):
        for one in judge(portion):
            if one.attested == NO:
                said = f"{one.line['table_name']} {one.line['row_key']} version {one.line['row_version']}"
                yield f"{said}, ledger line {one.line['number']}, which waits to be sealed, is {UNATTESTED}"
