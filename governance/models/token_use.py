"""When a token was used last: written apart from the token, off the way of the messages."""

from __future__ import annotations

from django.db import models

from governance.models.service_account import ServiceToken


class TokenUse(models.Model):
    """One row a token, at most one write a minute. No governed row: a use is no change of the token."""

    token = models.OneToOneField(ServiceToken, on_delete=models.PROTECT, primary_key=True, related_name="use")
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = "use of a token"
        verbose_name_plural = "uses of tokens"

    def __str__(self) -> str:
        return f"{self.token} used at {self.used_at:%Y-%m-%d %H:%M}"
