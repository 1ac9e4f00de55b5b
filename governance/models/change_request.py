"""Change requests: typed operations on base revisions, drafted by somebody for a reason, decided by others."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from governance.errors import Refused
from governance.ids import uuid7
from governance.models.governed import GovernedModel


class ChangeState(models.TextChoices):
    """``governance.changes.transitions`` says which follows which."""

    DRAFT = "draft", "Draft"
    ASSESSED = "assessed", "Assessed"
    PLANNED = "planned", "Planned"
    APPROVED = "approved", "Approved"
    IMPLEMENTED = "implemented", "Implemented"
    READY = "ready", "Ready"
    RELEASED = "released", "Released"
    VERIFIED = "verified", "Verified"
    EFFECTIVENESS = "effectiveness", "Effectiveness check"
    CLOSED = "closed", "Closed"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"
    ON_HOLD = "on_hold", "On hold"
    ROLLED_BACK = "rolled_back", "Rolled back"

    @property
    def in_words(self) -> str:
        """As it follows "is" in a sentence."""
        return {"draft": "a draft", "effectiveness": "in its effectiveness check"}.get(self.value, self.label.lower())


def _together(name: str) -> models.CheckConstraint:
    """``{name}_at`` and ``{name}_by`` are both there or both not."""
    at, by = f"{name}_at__isnull", f"{name}_by__isnull"
    both = models.Q(**{at: True, by: True}) | models.Q(**{at: False, by: False})
    return models.CheckConstraint(condition=both, name=f"change_{name}_at_with_{name}_by")


class ChangeRequest(GovernedModel):
    """One reasoned proposal; released whole or not at all.

    ``requirement`` is what the policies asked for when it was submitted (steps and pinned policy revisions);
    ``assessment`` how its risk was found. ``stopped_because`` says why approvals are void or a release did not happen.
    """

    number = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=200)
    reason = models.TextField()
    author = models.JSONField()
    state = models.CharField(max_length=16, choices=ChangeState, default=ChangeState.DRAFT)
    policy = models.CharField(max_length=200, default="release_at_once")
    proposed_at = models.DateTimeField()

    path = models.CharField(max_length=16, default="at_once")
    change_kind = models.CharField(max_length=16, blank=True)
    risk = models.CharField(max_length=16, blank=True)
    assessment = models.JSONField(default=dict, blank=True)
    requirement = models.JSONField(default=dict, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.JSONField(null=True, blank=True)
    held_from = models.CharField(max_length=16, blank=True)
    stopped_because = models.TextField(blank=True)

    rollback_plan = models.TextField(blank=True)
    success_criterion = models.TextField(blank=True)
    is_emergency = models.BooleanField(default=False)
    retrospective_due_at = models.DateTimeField(null=True, blank=True)
    retrospective_done_at = models.DateTimeField(null=True, blank=True)
    effectiveness_due_at = models.DateTimeField(null=True, blank=True)
    rolls_back = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="rollbacks")

    effective_at = models.DateTimeField(null=True, blank=True, help_text="When the signed release comes into force.")
    ordered_at = models.DateTimeField(null=True, blank=True, help_text="When its release was signed.")
    ordered_by = models.JSONField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.JSONField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [_together(name) for name in ("submitted", "ordered", "released", "closed")]
        indexes = [models.Index(fields=["state"], name="change_state")]
        permissions = [
            ("review_changerequest", "May review change requests"),
            ("approve_changerequest", "May approve and reject change requests"),
            ("release_changerequest", "May release what is approved, and roll it back"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_in_words(self) -> str:
        """As it follows "is": "a draft", "approved"."""
        return ChangeState(self.state).in_words

    @property
    def is_open_draft(self) -> bool:
        """Whether its operations may still be edited."""
        return self.state == ChangeState.DRAFT and self.submitted_at is None


class ChangeOperation(GovernedModel):
    """(kind, key, base revision, new content): ``content`` null retires the object.

    Edited while its request is an open draft and never after; who edited it is in its history.
    """

    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="operations")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=160)
    base = models.ForeignKey("governance.Revision", null=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(null=True)
    difference = models.JSONField(default=list)
    change_kind = models.CharField(max_length=16)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "kind", "key"], name="one_operation_a_key")]

    def __str__(self) -> str:
        return f"{self.change}: {self.kind} {self.key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._check_open()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self._check_open()
        return super().delete(*args, **kwargs)

    def _check_open(self) -> None:
        """The request is read anew: the one in hand may be older than its submission."""
        if not ChangeRequest.objects.get(pk=self.change_id).is_open_draft:
            _refuse_frozen(self.change)


def _refuse_frozen(change: ChangeRequest) -> NoReturn:
    raise Refused(
        f"{change.number} was submitted: what it changes is frozen. Withdraw it first, then edit it.",
        field="change",
        value=change.number,
        rule="an open draft",
    )


class ChangeCounter(models.Model):
    """The last number of a year, so that CR-2026-0012 follows CR-2026-0011 without a gap."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    year = models.PositiveIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
