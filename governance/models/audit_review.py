"""AuditReview: what a reviewer looked at in the trail, and what they concluded. It closes when they sign it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.governed import AppendOnlyModel


class AuditReview(AppendOnlyModel):
    """``items`` are the findings as they were shown (governance.review.finding); ``events`` counts the whole period.

    Whether it is closed is computed from its signature, never stored.
    """

    since = models.DateTimeField()
    until = models.DateTimeField()
    events = models.PositiveIntegerField(help_text="Audit events of the period when the review was written.")
    found = models.PositiveIntegerField(help_text="Findings of the period then, those of this review among them.")
    items = models.JSONField()
    conclusion = models.TextField()
    reviewer = models.JSONField()
    reviewer_id = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "audit review"
        permissions = [("review_trail", "May review the audit trail by exception, and sign it")]

    def __str__(self) -> str:
        return f"Review of {len(self.items)} finding(s) up to {self.until:%Y-%m-%d}"
