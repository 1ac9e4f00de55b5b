"""Drift: fields that arrive and that no rule names, counted per interface, never dropped unseen."""

from __future__ import annotations

from django.db import models

from governance.ids import uuid7


class Drift(models.Model):
    """One unknown source path of one interface."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    interface_key = models.CharField(max_length=160)
    path = models.CharField(max_length=300)
    count = models.PositiveBigIntegerField(default=0)
    first_message_id = models.UUIDField()
    last_message_id = models.UUIDField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interface_key", "path"], name="one_drift_a_path")]

    def __str__(self) -> str:
        return f"{self.interface_key} {self.path}"
