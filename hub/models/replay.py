"""Replay plans: a frozen list with a hash, who asked and why, who approved, and an outcome a row."""

from __future__ import annotations

from django.db import models

from governance.models import GovernedModel
from hub.models.interface import InterfaceRelease


class ReplayMode(models.TextChoices):
    SAME_BYTES = "same_bytes", "Send the same bytes again"
    ORIGINAL_RELEASE = "original_release", "Reprocess with the original release"
    CURRENT_RELEASE = "current_release", "Reprocess with the release in force"


class ReplayState(models.TextChoices):
    PLANNED = "planned", "Planned"
    APPROVED = "approved", "Approved"
    RUNNING = "running", "Running"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"


class ReplayPlan(GovernedModel):
    """What is replayed is decided once: ``digest`` is over interface, mode, release and the items in their order.

    ``release`` is frozen where the plan is for the release in force: that of the moment of planning.
    """

    interface_key = models.CharField(max_length=160)
    mode = models.CharField(max_length=20, choices=ReplayMode)
    state = models.CharField(max_length=12, choices=ReplayState, default=ReplayState.PLANNED)
    reason = models.TextField()
    planned_by = models.JSONField()
    planned_at = models.DateTimeField()
    approved_by = models.JSONField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    release = models.ForeignKey(InterfaceRelease, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    digest = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    needs_second_person = models.BooleanField()

    class Meta:
        verbose_name = "replay plan"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True, approved_by__isnull=True)
                | models.Q(approved_at__isnull=False, approved_by__isnull=False),
                name="approved_at_with_approved_by",
            )
        ]
        indexes = [
            models.Index(fields=["planned_at"], name="replay_running", condition=models.Q(state="running")),
            models.Index(fields=["interface_key", "planned_at"], name="replay_interface"),
        ]

    def __str__(self) -> str:
        return f"replay of {self.size} on {self.interface_key}"


class ReplayItem(GovernedModel):
    """One message or delivery of a plan, in key order."""

    plan = models.ForeignKey(ReplayPlan, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    message_id = models.UUIDField()
    delivery_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    sentence = models.TextField(blank=True)

    class Meta:
        verbose_name = "replay item"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="one_item_a_position")]
        indexes = [models.Index(fields=["plan", "position"], name="replay_not_reached", condition=models.Q(outcome=""))]

    def __str__(self) -> str:
        return f"{self.position}: {self.message_id}"
