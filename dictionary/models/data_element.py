"""Data elements: one meaning each, with an owner."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import Projection


class DataElement(Projection):
    """A canonical data element; its content is described by ``dictionary.specs.ElementSpec``."""

    KIND: ClassVar[str] = "element"

    definition = models.TextField()
    type = models.CharField(max_length=16)
    unit = models.CharField(max_length=32, blank=True)
    code_list = models.CharField(max_length=160, blank=True)
    owner_system = models.CharField(max_length=160, blank=True)
    criticality = models.CharField(max_length=16)
    data_class = models.CharField(max_length=16)

    class Meta(Projection.Meta):
        verbose_name = "data element"

    def take(self, content: dict[str, Any]) -> None:
        self.definition = content["definition"]
        self.type = content["type"]
        self.unit = content.get("unit") or ""
        self.code_list = content.get("code_list") or ""
        self.owner_system = content.get("owner_system") or ""
        self.criticality = content.get("criticality", "medium")
        self.data_class = content.get("data_class", "internal")
