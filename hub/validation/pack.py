"""Collects the validation pack from this installation, and writes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from governance.changes.effective import in_force
from governance.guard.state import guard_state, misfit
from governance.ledger.head import newest
from governance.models import Revision, Signature
from governance.printing import Enclosure, imprint, pdf
from governance.printing.document import STYLE
from governance.review import queue
from governance.signing.manifestation import Row, row_of
from hub.selectors.clauses import Matrix, matrix

TITLE = "Validation pack"
LOOKED_BACK = timedelta(days=30)  # of the review of the trail
SIGNATURES = 200  # the newest are printed; all are checked
Say = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that is printed. ``system`` are (what, value); ``open_points`` sentences, worst first.

    ``signatures`` are the newest of ``signed``.
    """

    system: tuple[tuple[str, str], ...]
    matrix: Matrix
    revisions: tuple[Revision, ...]
    signatures: tuple[Row, ...]
    signed: int
    coverage: queue.Coverage
    open_points: tuple[str, ...]


def write(folder: Path, *, by: Any, say: Say) -> list[Path]:
    """Both files of the pack in ``folder``; ``say`` is told each step. Raises PrintingUnavailable after the HTML."""
    found = collected(say)
    context = {
        "pack": found,
        "imprint": imprint(number="VP", version=f"{timezone.now():%Y-%m-%d}", status=_status(found), by=by),
    }
    folder.mkdir(parents=True, exist_ok=True)
    html, paper = folder / "validation-pack.html", folder / "validation-pack.pdf"
    say("Writing HTML …")
    shown = {**context, "title": TITLE, "language": "en", "style": STYLE.read_text(encoding="utf-8")}
    html.write_text(render_to_string("hub/validation/page.html", shown), encoding="utf-8")
    say("Writing PDF …")
    data = Enclosure("trace-matrix.json", _machine(found), "The trace matrix, for machines")
    paper.write_bytes(pdf("hub/validation/pack.html", context, title=TITLE, language="en", enclosures=[data]))
    return [html, paper]


def collected(say: Say) -> Pack:
    """From database and files, as they are now."""
    say("Reading requirements, tests and results …")
    traced = matrix()
    say("Reading the configuration in force …")
    revisions = tuple(in_force())
    every = Signature.objects.select_related("withdrawal").order_by("-signed_at", "-id")
    say(f"Checking {(signed := every.count()):,} signatures …")
    shown, invalid = _checked(every)
    say("Looking at guards, log and review …")
    now = timezone.now()
    coverage = queue.coverage(now - LOOKED_BACK, now, queue.findings(now - LOOKED_BACK, now))
    points = tuple(_open_points(traced, invalid, coverage))
    return Pack(_system(), traced, revisions, shown, signed, coverage, points)


def _checked(every: QuerySet[Signature]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The newest ones, and all of those that are not valid."""
    shown: list[Row] = []
    invalid: list[Row] = []
    for row in map(row_of, every.iterator(SIGNATURES)):
        if len(shown) < SIGNATURES:
            shown.append(row)
        if row.verdict and row.verdict.problems:
            invalid.append(row)
    return tuple(shown), tuple(invalid)


def _system() -> tuple[tuple[str, str], ...]:
    last = newest()
    checkpoint = (
        f"{last.size} entries, {last.sealed_at:%Y-%m-%d %H:%M:%S} UTC, root {last.root}" if last else "none yet"
    )
    return (
        ("Environment", settings.HUB_ENVIRONMENT),
        ("Database", connection.vendor),
        ("Guards of the database", misfit() or "as this build wants them"),
        ("Their state", guard_state()),
        ("Last checkpoint of the log", checkpoint),
    )


def _open_points(traced: Matrix, invalid: tuple[Row, ...], coverage: queue.Coverage) -> Any:
    """What keeps an inspector from signing this: said first, never hidden in a table."""
    if sentence := misfit():
        yield sentence
    yield from (
        f"{one.capability.id}: {one.failed} test(s) failed in the last run."
        for one in traced.traced.values()
        if one.failed
    )
    if traced.results.at is None:
        yield traced.sentence
    else:
        yield from (f"{one.capability.id} was not run." for one in traced.traced.values() if one.word == "not run")
    yield from (f"The results in {name} cannot be read: that run did not end." for name in traced.results.unreadable)
    yield from (f"A signature of {one.name} is not valid: {one.verdict.sentence}" for one in invalid if one.verdict)
    if coverage.closed < coverage.found:
        left = coverage.found - coverage.closed
        days = LOOKED_BACK.days
        yield f"{left} of {coverage.found} findings of the audit trail of the last {days} days are not reviewed."
    if settings.HUB_ENVIRONMENT != "production":
        yield f"This is printed from an environment called {settings.HUB_ENVIRONMENT}."


def _status(found: Pack) -> str:
    return f"{len(found.open_points)} open point(s)" if found.open_points else "no open points"


def _machine(found: Pack) -> bytes:
    rows = {
        one.capability.id: {
            "title": one.capability.title,
            "risk": one.capability.risk,
            "tests": list(one.tests),
            **_counts(one),
        }
        for one in found.matrix.traced.values()
    }
    return json.dumps(rows, indent=1, ensure_ascii=False).encode()


def _counts(one: Any) -> dict[str, int]:
    return {"passed": one.passed, "failed": one.failed, "skipped": one.skipped}
