"""Local terms: what a system calls a thing, and which element that is."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import Projection


class LocalTerm(Projection):
    """``relation`` says how the local term stands to the element (SKOS: same, narrower, broader, derived)."""

    KIND: ClassVar[str] = "local_term"

    system = models.CharField(max_length=160)
    term = models.CharField(max_length=160)
    element = models.CharField(max_length=160)
    relation = models.CharField(max_length=16)
    context = models.TextField(blank=True)

    class Meta(Projection.Meta):
        verbose_name = "local term"
        indexes = [models.Index(fields=["element"], name="local_term_element")]

    def take(self, content: dict[str, Any]) -> None:
        self.label = content["term"]
        self.system = content["system"]
        self.term = content["term"]
        self.element = content["element"]
        self.relation = content["relation"]
        self.context = content.get("context", "")
