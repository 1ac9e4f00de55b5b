"""Many governed rows of one model at once: the checks and the history of ``save()``, in a few statements for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from governance.errors import LostUpdate, UngovernedWrite
from governance.guard.context import current
from governance.guard.mac import row_macs, values_hash_of
from governance.ids import uuid7
from governance.models.governed import NO_TIME_OF_OTHERS, GovernedModel, evidence_of
from governance.rows import as_time, fetch, insert, now

PORTION = 200  # rows a statement
OF_EACH = ("history_id", "row_hash", "row_mac", "history_date", "act_recorded_at")


def create_together(rows: Sequence[GovernedModel]) -> None:
    """Insert new rows in the open change."""
    current()
    if not rows:
        return
    for row in rows:
        row.row_version = 1
    _past_the_guard(type(rows[0])).bulk_create(rows, batch_size=PORTION)
    _keep_history(rows, "+")


def change_together(rows: Sequence[GovernedModel], fields: Sequence[str]) -> None:
    """Store ``fields`` of rows that were read before. Raises LostUpdate where one moved on since."""
    current()
    if not rows:
        return
    model = type(rows[0])
    _check_still_current(model, rows)
    for row in rows:
        row.row_version += 1
    _past_the_guard(model).bulk_update(rows, [*fields, "row_version"], batch_size=PORTION)
    _keep_history(rows, "~")


def _past_the_guard(model: type[GovernedModel]) -> models.QuerySet[Any]:
    """A queryset that writes many at once; whoever uses it writes the history too."""
    return models.QuerySet(model)


def _check_still_current(model: type[GovernedModel], rows: Sequence[GovernedModel]) -> None:
    locked = _past_the_guard(model).select_for_update().filter(pk__in=[row.pk for row in rows])
    stored = dict(locked.order_by("pk").values_list("pk", "row_version"))
    if moved := [row for row in rows if stored.get(row.pk) != row.row_version]:
        raise LostUpdate(
            f"{str(model._meta.verbose_name).capitalize()} {moved[0]} was changed by somebody else since you read it. "
            "Load it again and repeat your change."
        )


def _keep_history(rows: Sequence[GovernedModel], kind: str) -> None:
    """One history row each, with the evidence of the open change; ``kind`` is "+" or "~".

    What all have in common is made once; a portion at a time, so that its time, which the
    database tells, is the present one when it comes.
    """
    if any(hasattr(row, "_history_date") for row in rows):
        raise UngovernedWrite(NO_TIME_OF_OTHERS)
    history = type(rows[0]).history.model  # type: ignore[attr-defined]
    names = [field.attname for field in history.tracked_fields]
    common = {**evidence_of(current()), "history_type": kind}
    for start in range(0, len(rows), PORTION):
        portion = rows[start : start + PORTION]
        hashes = [values_hash_of(history, row) for row in portion]
        macs, at = row_macs(history, common, hashes), as_time(fetch(f"SELECT {now()}")[0][0])
        told = [
            (*(getattr(row, name) for name in names), *common.values(), uuid7(), row_hash, mac, at, at)
            for row, row_hash, mac in zip(portion, hashes, macs, strict=True)
        ]
        insert(history, (*names, *common, *OF_EACH), told)
