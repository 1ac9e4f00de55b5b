"""Who looks after a group of exceptions, and under which deviation the quality system knows it."""

from __future__ import annotations

from django.db import models

from governance.models import GovernedModel, Person


class Triage(GovernedModel):
    """By fingerprint, so that it holds for what comes later and looks alike. ``deviation`` is a number of the QMS."""

    fingerprint = models.CharField(max_length=12, unique=True)
    interface_key = models.CharField(max_length=160)
    assigned_to = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    deviation = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "triage"

    def __str__(self) -> str:
        return f"{self.interface_key} {self.fingerprint}"
