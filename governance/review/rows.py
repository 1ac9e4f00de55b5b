"""Rules that look at rows: removed, corrected again and again, not attested; and lines that guards left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Count

from governance.models import GovernedModel, LedgerEntry, SealedLeaf
from governance.review import records
from governance.review.acts import by_act, in_trail
from governance.review.finding import Finding
from governance.review.rules import rule

OFTEN = 3  # corrections of one field of one record in one period
WORST = 65  # of corrections: less than what was removed, and than what guards left


@rule("deletions", "Deletions", "A governed record was removed; its history stays.")
def deletions(since: datetime, until: datetime) -> Iterator[Finding]:
    yield from by_act(_removed(since, until), in_trail)


def _removed(since: datetime, until: datetime) -> Iterator[tuple[Any, str, Finding]]:
    for model in _governed():
        rows = model.history.filter(history_type="-", history_date__gte=since, history_date__lt=until)
        for row in rows.order_by("history_date", "history_id"):
            yield row.act_id, model._meta.label, _of_row("deletions", 70, model, row, "was removed")


@rule("corrections", "Repeated corrections", f"One field of one record was corrected {OFTEN} times or more.")
def corrections(since: datetime, until: datetime) -> Iterator[Finding]:
    for model in filter(records.may_be_corrected, _governed()):
        rows = model.history.filter(history_type="~", history_date__gte=since, history_date__lt=until)
        for pk in rows.order_by().values_list("id").annotate(times=Count("id")).filter(times__gte=OFTEN):
            yield from _corrected(model, pk[0], since, until)


def _corrected(model: Any, pk: Any, since: datetime, until: datetime) -> Iterator[Finding]:
    """One finding for each field that was corrected so often; the last correction names the person."""
    rows = list(model.history.filter(id=pk, history_date__lt=until).order_by("row_version"))
    times: Counter[str] = Counter()
    last: dict[str, Any] = {}
    for before, row in pairwise(rows):
        for name in records.changed(model, before, row) if row.history_date >= since else ():
            times[name] += 1
            last[name] = row
    for name in sorted(name for name, count in times.items() if count >= OFTEN):
        said, score = f"had {name.replace('_', ' ')} changed {times[name]} times", min(WORST, 35 + 5 * times[name])
        yield _of_row("corrections", score, model, last[name], said, more=f":{name}")


@rule("unattested", "Rows not attested", "The sealer found a row that the application did not write.")
def unattested(since: datetime, until: datetime) -> Iterator[Finding]:
    numbers = SealedLeaf.objects.filter(attested="no").order_by("position").values_list("number", flat=True)
    for line in LedgerEntry.objects.filter(number__in=list(numbers), recorded_at__gte=since, recorded_at__lt=until):
        sentence = f"Ledger line {line.number}: {line.operation} of {line.table_name} {line.row_key} is not attested."
        yield Finding(
            f"unattested:{line.number}", "unattested", 100, sentence, line.recorded_at, actor=line.session,
            record=_record_of_line(line),
        )  # fmt: skip


def _record_of_line(line: LedgerEntry) -> tuple[str, str]:
    """Somebody may have written that line by hand: its key may be none."""
    model = next((one for one in _governed() if one._meta.db_table == line.table_name), None)
    try:
        row = records.last_of(model, UUID(line.row_key)) if model else None
    except ValueError:
        return records.NONE
    return records.record_of(model, row) if model and row else records.NONE


@rule("guard_lines", "Guards switched", "Guards were installed or taken away, as a migration does.")
def guard_lines(since: datetime, until: datetime) -> Iterator[Finding]:
    rows = LedgerEntry.objects.filter(kind="guard", recorded_at__gte=since, recorded_at__lt=until)
    for line in rows.order_by("number"):
        sentence = f"Ledger line {line.number}: the guards of the database were changed."
        yield Finding(f"guard_lines:{line.number}", "guard_lines", 65, sentence, line.recorded_at, actor=line.session)


def _governed() -> Iterator[Any]:
    yield from (model for model in apps.get_models() if issubclass(model, GovernedModel))


def _of_row(name: str, score: int, model: Any, row: Any, said: str, *, more: str = "") -> Finding:
    return Finding(
        key=f"{name}:{row.history_id}{more}",
        rule=name,
        score=score,
        sentence=f"{records.called(model, row)} {said}.",
        at=row.history_date,
        actor_id=row.act_actor_id,
        actor=row.act_actor.get("name", ""),
        record=records.record_of(model, row),
    )
