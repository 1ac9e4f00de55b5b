"""What stands beside a change request: its evidence, its impact as it was at each look, and what owners said of it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.change_request import ChangeRequest
from governance.models.governed import AppendOnlyModel

STATEMENT = "statement"  # the kind of evidence that a person wrote


class Phase(models.TextChoices):
    """Approvers sign what was known before their signature, the releaser also what came after it."""

    PROPOSAL = "proposal", "Of the proposal"
    IMPLEMENTATION = "implementation", "Of the implementation"
    VERIFICATION = "verification", "After the release"
    EFFECTIVENESS = "effectiveness", "Of the effectiveness"


class ChangeEvidence(AppendOnlyModel):
    """One piece: a golden vector run, a back-test, or what a person attached. ``submission`` counts submissions."""

    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="evidence")
    submission = models.PositiveIntegerField(default=1)
    phase = models.CharField(max_length=16, choices=Phase)
    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    is_passed = models.BooleanField(null=True, help_text="Empty where a person must judge.")
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=80)
    by = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "change evidence"

    def __str__(self) -> str:
        return f"{self.change}: {self.kind.replace('_', ' ')}"  # the title may name what a reader may not see


class ChangeImpact(AppendOnlyModel):
    """What the change reached when it was looked at: ``content`` is that of ``governance.changes.impact.Impact``."""

    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="impacts")
    submission = models.PositiveIntegerField(default=1)
    looked_at = models.CharField(max_length=16)  # submit, assess, implement, release
    is_basis = models.BooleanField(default=True, help_text="Whether this is the impact that is decided on.")
    graph_hash = models.CharField(max_length=80)
    content = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.change}: {self.looked_at} {self.graph_hash}"


class Verdict(models.TextChoices):
    NO_EFFECT = "no_effect", "No effect"
    ACCEPTED = "accepted", "Effect accepted"
    ACTION = "action", "Action planned"


class ImpactDisposition(AppendOnlyModel):
    """What the owner of a critical node said of the impact on it; the newest counts."""

    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="dispositions")
    submission = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=160)
    verdict = models.CharField(max_length=16, choices=Verdict)
    comment = models.TextField()
    by = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.change}: {self.kind} {self.key} {self.verdict}"
