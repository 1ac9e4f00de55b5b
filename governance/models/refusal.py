"""What was refused: recorded apart from the trail of what was done."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.governed import AppendOnlyModel


class Refusal(AppendOnlyModel):
    """Who asked for what, and the sentence with which it was refused. Holds a digest, never a payload."""

    act = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    sentence = models.TextField()
    actor = models.JSONField()
    actor_id = models.CharField(max_length=64, db_index=True)
    subject_kind = models.CharField(max_length=32, blank=True)
    subject_id = models.CharField(max_length=160, blank=True)
    field = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=80, blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.sentence
