"""Who a person is at the identity provider of the site (OpenID Connect)."""

from __future__ import annotations

from django.db import models

from governance.models.governed import GovernedModel
from governance.models.person import Person


class ForeignIdentity(GovernedModel):
    """``subject`` is never given to somebody else (OpenID Connect Core 1.0, section 2); a mail address may be."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)

    class Meta:
        verbose_name = "identity at a provider"
        verbose_name_plural = "identities at providers"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_an_identity")]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"
