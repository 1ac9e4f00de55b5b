"""Open sessions of persons: what the list of sessions shows, and what makes a session end from elsewhere."""

from __future__ import annotations

from django.db import models

from governance.ids import uuid7
from governance.models.person import Person


class PersonSession(models.Model):
    """One browser that signed in. No governed row: "last seen" is no act of anybody.

    Signing in, signing out and ending a session are audit events. ``session_key`` is the key of Django's own session.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=120, help_text="The browser, as it calls itself.")
    address = models.GenericIPAddressField(null=True)
    authenticated_by = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "session of a person"
        verbose_name_plural = "sessions of persons"
        indexes = [models.Index(fields=["person", "ended_at"], name="open_sessions_of_a_person")]

    def __str__(self) -> str:
        return f"{self.device} of {self.person}"
