"""Change requests: typed operations on base revisions, proposed by somebody for a reason."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.ids import uuid7
from governance.models.governed import AppendOnlyModel, GovernedModel


class ChangeState(models.TextChoices):
    """``governance.changes.transitions`` says which follows which."""

    DRAFT = "draft", "Draft"
    RELEASED = "released", "Released"
    REJECTED = "rejected", "Rejected"


class ChangeRequest(GovernedModel):
    """One reasoned proposal; released whole or not at all."""

    number = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=200)
    reason = models.TextField()
    author = models.JSONField()
    state = models.CharField(max_length=16, choices=ChangeState, default=ChangeState.DRAFT)
    policy = models.CharField(max_length=32, default="release_at_once")
    proposed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True, released_by__isnull=True)
                | models.Q(released_at__isnull=False, released_by__isnull=False),
                name="change_released_at_with_released_by",
            )
        ]

    def __str__(self) -> str:
        return self.number


class ChangeOperation(AppendOnlyModel):
    """(kind, key, base revision, new content): ``content`` null retires the object."""

    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="operations")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=160)
    base = models.ForeignKey("governance.Revision", null=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(null=True)
    difference = models.JSONField(default=list)
    change_kind = models.CharField(max_length=16)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "kind", "key"], name="one_operation_a_key")]

    def __str__(self) -> str:
        return f"{self.change}: {self.kind} {self.key}"


class ChangeCounter(models.Model):
    """The last number of a year, so that CR-2026-0012 follows CR-2026-0011 without a gap."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    year = models.PositiveIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
