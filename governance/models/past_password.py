"""Passwords that a person had: none of the last few may come back."""

from __future__ import annotations

from django.db import models

from governance.models.governed import GovernedModel
from governance.models.person import Person


class PastPassword(GovernedModel):
    """``encoded`` is the slow hash that Django made of it."""

    NOT_IN_HISTORY = ("encoded",)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="past_passwords")
    encoded = models.CharField(max_length=200)

    class Meta:
        verbose_name = "past password"

    def __str__(self) -> str:
        return f"past password of {self.person}"
