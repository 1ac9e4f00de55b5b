"""Tries and what the wire tap saw of them. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.ids import uuid7


class Attempt(models.Model):
    """One try of one delivery; ``outcome`` is a disposition, "confirmed" or "asked"."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    delivery_id = models.UUIDField()
    message_id = models.UUIDField()
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16)
    sentence = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    ms = models.PositiveIntegerField(default=0)
    sent_digest = models.CharField(max_length=80, blank=True)
    worker = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["message_id"], name="attempt_message")]

    def __str__(self) -> str:
        return f"try {self.number}: {self.outcome}"


class Exchange(models.Model):
    """A redacted request and answer, kept when a try failed or the tap is on. Encrypted like a payload."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    attempt_id = models.UUIDField()
    message_id = models.UUIDField()
    key_id = models.UUIDField()
    data = models.BinaryField(null=True, help_text="Encrypted JSON of connectors.records.Exchange.")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["message_id"], name="exchange_message")]

    def __str__(self) -> str:
        return f"exchange of {self.attempt_id}"
