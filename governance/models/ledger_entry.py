"""The ledger: what was written to governed tables, row by row, and one entry a committed batch of messages."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models.functions import Now

from governance.errors import UngovernedWrite


class LedgerEntry(models.Model):
    """Written once, by the database's own triggers for rows, by the engine for batches; sealed in commit order.

    ``kind`` is "row" for a write to a governed or append-only table (``table_name``, ``row_key``, ``row_version``,
    ``operation``, ``old`` and ``new`` as the database saw them), and otherwise names the batch, whose ``root`` is the
    RFC 6962 root over ``size`` lines. ``number`` is the order of insertion; transactions may commit in another.
    """

    number = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(null=True, unique=True)  # what the steps of messages point to
    xid = models.BigIntegerField(default=0, db_default=0)  # PostgreSQL's transaction; 0 on SQLite, which has one writer
    kind = models.CharField(max_length=32)
    table_name = models.CharField(max_length=64, blank=True, default="", db_default="")
    row_key = models.CharField(max_length=160, blank=True, default="", db_default="")
    row_version = models.PositiveIntegerField(default=0, db_default=0)
    operation = models.CharField(max_length=8, blank=True, default="", db_default="")
    old = models.TextField(null=True)  # JSON as the database wrote it; text, so that no byte of it moves
    new = models.TextField(null=True)
    act = models.TextField(blank=True, default="", db_default="")  # JSON: id of the act, actor, source
    root = models.CharField(max_length=64, blank=True, default="", db_default="")
    size = models.PositiveIntegerField(default=0, db_default=0)
    content = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    fingerprint = models.CharField(max_length=160, blank=True, default="", db_default="")
    session = models.CharField(max_length=160, blank=True, default="", db_default="")  # database user and client
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(fields=["table_name", "row_key"], name="ledger_row"),
            models.Index(fields=["xid", "number"], name="ledger_commit_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table_name or self.root[:12]} {self.row_key or self.size}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise UngovernedWrite("Ledger entries are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise UngovernedWrite("Ledger entries are append-only.")
