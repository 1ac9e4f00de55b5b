"""A decision that one person made and a second one stands behind. Signatures take its place in a later issue."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.governed import AppendOnlyModel


class Attestation(AppendOnlyModel):
    """Who stands behind what, with which meaning and why."""

    meaning = models.CharField(max_length=32)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=160)
    subject_digest = models.CharField(max_length=80)
    person = models.JSONField()
    person_id = models.CharField(max_length=64)
    reason = models.TextField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="attestation_subject")]

    def __str__(self) -> str:
        return f"{self.person['name']}: {self.meaning} {self.subject_kind} {self.subject_id}"
