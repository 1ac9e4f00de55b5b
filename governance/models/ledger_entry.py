"""The ledger: one entry a committed batch, so that any message can be proven unaltered later."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.governed import AppendOnlyModel


class LedgerEntry(AppendOnlyModel):
    """``root`` is the RFC 6962 root over the batch's lines; sealing takes the entries in commit order."""

    kind = models.CharField(max_length=32)
    root = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=160)
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind} {self.root[:12]} ({self.size})"
