"""SealedCheckpoint: a signed note that the log had this root at this size."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from governance.errors import UngovernedWrite


class SealedCheckpoint(models.Model):
    """``note`` is the signed text, and all that an inspector needs; the columns repeat it for lists and conditions.

    ``state`` is what the sealer goes on from: the roots of the tree's perfect subtrees, and how far it has read.
    """

    size = models.BigIntegerField(primary_key=True)
    origin = models.CharField(max_length=120)  # which log this is
    epoch = models.PositiveIntegerField()
    root = models.CharField(max_length=80)  # `alg:hex`, as every hash here
    sealed_at = models.DateTimeField(db_index=True)
    previous = models.CharField(max_length=80)  # digest of the note before, or "none"
    guards = models.CharField(max_length=200)
    build = models.CharField(max_length=160)
    key_id = models.CharField(max_length=80)
    note = models.TextField()
    state = models.JSONField()

    def __str__(self) -> str:
        return f"checkpoint over {self.size} entries"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise UngovernedWrite("Sealed checkpoints are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise UngovernedWrite("Sealed checkpoints are append-only.")
