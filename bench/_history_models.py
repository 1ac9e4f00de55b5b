"""Two tables of the same columns: one as django-simple-history keeps it, one governed. Made for a measurement only."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from governance.ids import uuid7
from governance.models.governed import GovernedModel

HOME = "governance.models"  # simple-history looks there for the application of the history's model


class Columns(models.Model):
    """What both have."""

    key = models.CharField(max_length=160)
    label = models.CharField(max_length=160)
    content = models.JSONField(default=dict)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key


class BenchPlain(Columns):
    """History by signal alone: no reason, no guard, no ledger."""

    __module__ = HOME
    id = models.UUIDField(primary_key=True, default=uuid7)
    history = HistoricalRecords()

    class Meta:
        app_label = "governance"


class BenchGoverned(GovernedModel, Columns):  # type: ignore[misc]
    """A change context, evidence with MAC, guards, equal history, a line of the ledger."""

    __module__ = HOME

    class Meta:
        app_label = "governance"


def tables() -> list[type[Any]]:
    return [BenchPlain, BenchPlain.history.model, BenchGoverned, BenchGoverned.history.model]
