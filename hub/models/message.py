"""Messages: an immutable envelope, a narrow row that moves, and the steps behind it.

No database keys run between these tables: they would block dropping a partition. ``fsck`` checks them.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.ids import uuid7
from governance.models import AppendOnlyModel


class Message(AppendOnlyModel):
    """What was accepted. Partitioned by range of its id on PostgreSQL."""

    interface_key = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, default="business", help_text="business or synthetic")
    event_type = models.CharField(max_length=160, blank=True)
    event_source = models.CharField(max_length=300, blank=True)
    idempotency_key = models.CharField(max_length=200)
    business_key = models.CharField(max_length=200, blank=True)
    ordering_key = models.CharField(max_length=200, blank=True)
    sequence = models.BigIntegerField(default=0, help_text="Number of the message within its ordering key.")
    bucket = models.PositiveSmallIntegerField(default=0, help_text="SHA-256 of the ordering key mod 1,024.")
    correlation_id = models.CharField(max_length=64)
    causation_id = models.UUIDField(null=True, help_text="The message that this one was derived from.")
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=160)
    source_system = models.CharField(max_length=160)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["interface_key", "id"], name="message_interface"),
            models.Index(fields=["business_key"], name="message_business_key"),
            models.Index(fields=["correlation_id"], name="message_correlation"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class MessageState(models.Model):
    """Where a message stands: the only row of it that changes."""

    id = models.UUIDField(primary_key=True, help_text="The message's id.")
    interface_key = models.CharField(max_length=160)
    state = models.CharField(max_length=12)
    ordering_key = models.CharField(max_length=200, blank=True)
    sequence = models.BigIntegerField(default=0)
    release_id = models.UUIDField()
    reason = models.CharField(max_length=24, blank=True, help_text="Class of the failure.")
    sentence = models.TextField(blank=True)
    error_field = models.CharField(max_length=200, blank=True)
    error_value = models.CharField(max_length=200, blank=True)
    error_rule = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="state_received", condition=models.Q(state="received")),
            models.Index(
                fields=["interface_key", "ordering_key", "sequence"],
                name="state_holding",
                condition=models.Q(state__in=["received", "quarantined"]),
            ),
            models.Index(fields=["interface_key", "state", "id"], name="state_interface"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class MessageStep(models.Model):
    """One committed step of a message: which states it passed, who, under which release. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    message_id = models.UUIDField()
    step = models.CharField(max_length=16)
    states = models.CharField(max_length=120, help_text="The states passed, comma between.")
    actor_name = models.CharField(max_length=160)
    sentence = models.TextField(blank=True)
    release_id = models.UUIDField()
    ledger_entry_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["message_id"], name="step_message")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.step}"
