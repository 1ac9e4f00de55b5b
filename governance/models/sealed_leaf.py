"""SealedLeaf: the place of one ledger line in the sealed log."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from governance.errors import UngovernedWrite


class SealedLeaf(models.Model):
    """Written once by the sealer. What it says beside the hash was judged at sealing and stands in the leaf.

    No governed or append-only model: a line in the ledger about each leaf would have to be sealed in its turn.
    """

    position = models.BigIntegerField(primary_key=True)  # from 0; the order of the tree
    number = models.BigIntegerField(unique=True)  # of the ledger line, which has no key to here and none from here
    hash = models.CharField(max_length=80)  # `alg:hex`
    attested = models.CharField(max_length=16)
    evidence = models.CharField(max_length=80, blank=True)  # digest of what the history row says beside its values
    withheld = models.TextField(blank=True)  # `salt:column,column` that the leaf holds as digests

    class Meta:
        verbose_name_plural = "sealed leaves"
        indexes = [
            models.Index(fields=["position"], condition=models.Q(attested="no"), name="sealed_unattested"),
        ]

    def __str__(self) -> str:
        return f"entry {self.position}: ledger line {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise UngovernedWrite("Sealed leaves are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise UngovernedWrite("Sealed leaves are append-only.")
