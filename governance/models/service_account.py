"""Service accounts: how systems prove who they are. They never sign and never approve."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import models
from django.utils import timezone

from governance.actors import Actor
from governance.models.governed import GovernedModel
from governance.models.system import System

PREFIX = "ilk_"


class ServiceAccount(GovernedModel):
    """The identity of one connected system at our doors."""

    key = models.SlugField(max_length=64, unique=True)
    label = models.CharField(max_length=160)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="service_accounts")
    is_active = models.BooleanField(default=True)

    is_authenticated = True
    is_anonymous = False
    is_staff = is_superuser = False  # no door of persons opens for it

    class Meta:
        verbose_name = "service account"
        permissions = [("administer_serviceaccount", "May issue and revoke the tokens of systems")]

    def __str__(self) -> str:
        return self.label

    def as_actor(self) -> Actor:
        return Actor("service_account", str(self.pk), self.label, (), "token")


class ServiceToken(GovernedModel):
    """A secret of 256 random bits, kept as its SHA-256; two may live at once, so that rotation has no gap."""

    NOT_IN_HISTORY = ("token_hash",)

    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12, help_text="The first characters, so that people can tell tokens apart.")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.hint}… of {self.account}"

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now() and self.account.is_active


def new_token(account: ServiceAccount, *, expires_at: datetime) -> tuple[ServiceToken, str]:
    """A new token row and the secret itself, which is shown this once and kept nowhere."""
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ServiceToken(account=account, token_hash=hash_of(secret), hint=secret[:10], expires_at=expires_at)
    row.save()
    return row, secret


def hash_of(secret: str) -> str:
    """SHA-256 is enough here: the secret has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
