"""Many governed rows of one model at once: the checks and the history of ``save()``, in a few statements for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from governance.errors import LostUpdate
from governance.guard.context import current
from governance.models.governed import GovernedModel, _attest

PORTION = 200  # rows a statement


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
    """One history row each, with the evidence of the open change; ``kind`` is "+" or "~"."""
    model, now = type(rows[0]).history.model, timezone.now()  # type: ignore[attr-defined]
    kept = []
    for row in rows:
        values = {field.attname: getattr(row, field.attname) for field in model.tracked_fields}
        one = model(history_date=now, history_type=kind, **values)
        _attest(model, row, one)
        kept.append(one)
    model.objects.bulk_create(kept, batch_size=PORTION)
