"""The effective projection of a controlled object: what queries and pages read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models.governed import GovernedModel
from governance.models.revision import Revision


class Projection(GovernedModel):
    """A row that ``release`` keeps equal to the effective revision. Subclasses add columns for searching."""

    KIND: ClassVar[str]

    key = models.CharField(max_length=160, unique=True)
    label = models.CharField(max_length=200)
    content = models.JSONField()
    version = models.CharField(max_length=32)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    is_retired = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    def take(self, content: dict[str, Any]) -> None:
        """Copy what pages search for from the content into columns."""
