"""One row a message, with history."""

from django.db import models
from simple_history.models import HistoricalRecords


class Message(models.Model):
    reference = models.CharField(max_length=80, unique=True)
    lot = models.CharField(max_length=80, db_index=True)
    payload = models.JSONField()
    canonical = models.JSONField(null=True)
    answer = models.JSONField(null=True)
    status = models.CharField(max_length=20, default="received", db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.reference
