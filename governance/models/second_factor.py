"""The second factor of a person: a secret for one-time codes (RFC 6238), and codes for the day the phone is gone."""

from __future__ import annotations

from django.db import models

from governance.keyring import seal, unseal
from governance.models.governed import GovernedModel
from governance.models.person import Person


class SecondFactor(GovernedModel):
    """``sealed`` is the secret, encrypted and bound to its person; ``last_step`` makes each code work once."""

    NOT_IN_HISTORY = ("sealed",)

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="second_factor")
    key_id = models.CharField(max_length=32)
    sealed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "second factor"

    def __str__(self) -> str:
        return f"second factor of {self.person}"

    @property
    def place(self) -> str:
        return f"governance.secondfactor/{self.person_id}"

    def put(self, secret: str) -> None:
        """Encrypt the secret (base32); the caller saves inside a change."""
        self.key_id, self.sealed = seal(secret.encode(), place=self.place)

    def reveal(self) -> str:
        """The secret, for checking a code; never for a page or a log."""
        return unseal(self.key_id, bytes(self.sealed), place=self.place).decode()


class RecoveryCode(GovernedModel):
    """Opens once instead of a one-time code. Kept as its SHA-256: it has 80 random bits."""

    NOT_IN_HISTORY = ("code_hash",)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "recovery code"

    def __str__(self) -> str:
        return f"recovery code of {self.person}"
