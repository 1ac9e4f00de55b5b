"""The inbox: a unique constraint, not a cache, is what makes a receiver idempotent."""

from __future__ import annotations

from django.db import models

from governance.ids import uuid7


class Inbox(models.Model):
    """Inserted first in the message's transaction, so that a duplicate takes no key number."""

    id = models.UUIDField(primary_key=True, default=uuid7, help_text="The message's id.")
    interface_key = models.CharField(max_length=160)
    idempotency_key = models.CharField(max_length=200)
    content_mac = models.BinaryField(help_text="HMAC-SHA-256 of the content, to tell a repeat from a contradiction.")
    duplicates = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interface_key", "idempotency_key"], name="one_message_a_key")]

    def __str__(self) -> str:
        return f"{self.interface_key} {self.id}"


class KeyHead(models.Model):
    """The last number given within an ordering key; its row lock makes the order the commit order."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    interface_key = models.CharField(max_length=160)
    ordering_key = models.CharField(max_length=200)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interface_key", "ordering_key"], name="one_head_a_key")]

    def __str__(self) -> str:
        return f"{self.interface_key} {self.id}: {self.last}"
