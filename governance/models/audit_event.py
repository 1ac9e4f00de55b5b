"""The audit trail: what somebody did, in a sentence, committed with the act."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.governed import AppendOnlyModel


class AuditEvent(AppendOnlyModel):
    """No foreign keys: actor and subject are frozen text and ids, so that the trail outlives both."""

    kind = models.CharField(max_length=64)
    sentence = models.TextField()
    actor = models.JSONField()
    actor_id = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=160)
    interface_key = models.CharField(max_length=64, blank=True)
    change_id = models.UUIDField(null=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    ticket = models.CharField(max_length=32, blank=True)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    source = models.CharField(max_length=32, blank=True)
    fingerprint = models.CharField(max_length=160)
    recorded_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="audit_subject"),
            models.Index(fields=["actor_id"], name="audit_actor"),
            models.Index(fields=["correlation_id"], name="audit_correlation"),
        ]

    def __str__(self) -> str:
        return self.sentence
