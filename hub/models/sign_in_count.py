"""How often signing in has failed: one row for each thing that is counted, changed under its own lock."""

from __future__ import annotations

from django.db import models


class SignInCount(models.Model):
    """``key`` and ``account`` are keyed hashes: nothing typed is kept. No governed row: a guess is no act."""

    key = models.CharField(max_length=64, primary_key=True)
    account = models.CharField(max_length=64, blank=True, db_index=True, help_text="Empty: of no single account.")
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    forgotten_after = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "count of failed sign-ins"
        verbose_name_plural = "counts of failed sign-ins"

    def __str__(self) -> str:
        return f"{self.failures} failures"
