"""Canonical entities: nonconformance, lot, supplier and the others, made of data elements."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import Projection


class Entity(Projection):
    """The fields stay in ``content``."""

    KIND: ClassVar[str] = "entity"

    definition = models.TextField(blank=True)

    class Meta(Projection.Meta):
        verbose_name = "entity"
        verbose_name_plural = "entities"
        permissions = [("propose_entity", "May propose changes of this entity, its mappings and its ICDs")]

    def take(self, content: dict[str, Any]) -> None:
        self.definition = content.get("definition", "")
