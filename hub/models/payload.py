"""Payloads: one encrypted row a stored stage; nothing is shared between rows, so that one can be shredded."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.ids import uuid7


class Payload(models.Model):
    """``digest`` is SHA-256(salt ‖ bytes): proves the content without the key, tells nothing without the salt."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    message_id = models.UUIDField()
    delivery_id = models.UUIDField(null=True)
    stage = models.CharField(max_length=12, help_text="received, canonical or outgoing")
    key_id = models.UUIDField(help_text="The data key.")
    salt = models.BinaryField()
    data = models.BinaryField(null=True)
    digest = models.CharField(max_length=80)
    size = models.PositiveIntegerField(help_text="Of the plain bytes.")
    media_type = models.CharField(max_length=100)
    data_class = models.CharField(max_length=16)
    retention_class = models.CharField(max_length=32, default="quality_record")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["message_id"], name="payload_message")]

    def __str__(self) -> str:
        return f"{self.stage} of {self.message_id}"
