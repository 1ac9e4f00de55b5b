"""Revisions of controlled content: written once, hashed over canonical JSON, found for ever."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.governed import AppendOnlyModel


class Revision(AppendOnlyModel):
    """One version of one controlled object. ``content`` null means: retired with this revision."""

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=160)
    version = models.CharField(max_length=32)
    content = models.JSONField(null=True)
    digest = models.CharField(max_length=80)
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followers")
    change = models.ForeignKey("governance.ChangeRequest", on_delete=models.PROTECT, related_name="revisions")
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "version"], name="one_revision_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.version}"


class EffectiveRevision(models.Model):
    """Which revision of an object is in force. Moved by ``release`` and by nothing else."""

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=160)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_effective_revision_a_key")]

    def __str__(self) -> str:
        return str(self.revision)
