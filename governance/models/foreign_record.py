"""Signed records of other installations: kept bit for bit, shown with their origin, never a local approval."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.governed import AppendOnlyModel


class ForeignRecord(AppendOnlyModel):
    """One imported package. ``package`` is the file in base64, exactly as it came."""

    package = models.TextField()
    digest = models.CharField(max_length=80, unique=True)
    origin = models.CharField(max_length=160)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=160)
    subject_version = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    imported_by = models.JSONField()
    imported_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} of {self.origin}"


class ForeignSignature(AppendOnlyModel):
    """A signature in such a package, for lists and pages; the package itself is the evidence."""

    record = models.ForeignKey(ForeignRecord, on_delete=models.PROTECT, related_name="signatures")
    jws = models.TextField()
    digest = models.CharField(max_length=80)
    person = models.JSONField()
    meaning = models.CharField(max_length=32)
    sentence = models.TextField()
    signed_at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    key_id = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.person['name']}: {self.meaning}"
