"""The effective projection of a controlled object: what queries and pages read."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models

from governance.errors import UngovernedWrite
from governance.guard.context import current
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only what its revision says: content that no release brought is no content of a controlled object."""
        current()
        said = (self.revision.content, self.revision.version) if self.revision_id else (None, "")
        if not self.is_retired and (self.content, self.version) != said:
            raise UngovernedWrite(
                f"{str(self._meta.verbose_name).capitalize()} {self.key} changes by a released change request only; "
                "propose one."
            )
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise UngovernedWrite(f"{str(self._meta.verbose_name).capitalize()} {self.key} is retired by a change request.")

    def take(self, content: dict[str, Any]) -> None:
        """Copy what pages search for from the content into columns."""
