"""What signing needs beside signatures: the hub's keys, and whose signing is suspended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from governance.models.governed import GovernedModel
from governance.models.person import Person


class SigningKey(GovernedModel):
    """The public half of a key that the hub signs statements with; the private half is a setting.

    ``kid`` is the key's thumbprint (RFC 7638); ``public`` the 32 bytes in base64url. A signature counts where its
    time lies between the two dates.
    """

    kid = models.CharField(max_length=64, unique=True)
    public = models.CharField(max_length=64)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        verbose_name = "signing key"

    def __str__(self) -> str:
        return self.kid


class SigningSuspension(GovernedModel):
    """Somebody else set this person's password: they sign nothing until a second person has confirmed who they are."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signing_suspensions")
    suspended_at = models.DateTimeField()
    suspended_by = models.JSONField()
    why = models.TextField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = "suspension of signing"
        verbose_name_plural = "suspensions of signing"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="suspension_confirmed_at_with_confirmed_by",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(confirmed_at__isnull=True), name="one_open_suspension_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"signing of {self.person}"
