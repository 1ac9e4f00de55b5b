"""Streams that the hub polls: where they are, when they are due, and what each run found."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.ids import uuid7


class StreamState(models.Model):
    """When an interface's stream is due, and who reads it now. ``lease`` keeps two workers from one stream."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    interface_key = models.CharField(max_length=160, unique=True)
    due_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    sentence = models.TextField(blank=True)
    last_success_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.interface_key


class Checkpoint(models.Model):
    """Where a stream's next page begins; saved in the transaction that saves the page before it.

    It belongs to the stream that it was read from: an interface that is given another source begins there at its
    start, and goes on where it was when it is given the first one back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    interface_key = models.CharField(max_length=160)
    connection_key = models.CharField(max_length=160)
    stream = models.TextField()
    cursor = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interface_key", "connection_key", "stream"], name="one_checkpoint_a_stream"
            )
        ]

    def __str__(self) -> str:
        return f"{self.interface_key}: {self.stream} of {self.connection_key}"


class Run(models.Model):
    """One reading of a stream: what the source gave and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    interface_key = models.CharField(max_length=160)
    read = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    sentence = models.TextField(blank=True)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["interface_key", "started_at"], name="run_interface")]

    def __str__(self) -> str:
        return f"{self.interface_key}: {self.read} read"
