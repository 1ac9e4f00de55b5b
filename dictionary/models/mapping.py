"""Mappings: rules that turn a record of one system into a canonical entity, or back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import Projection


class Mapping(Projection):
    """The rules stay in ``content``; ``dictionary.mapping`` compiles them."""

    KIND: ClassVar[str] = "mapping"

    entity = models.CharField(max_length=160)
    direction = models.CharField(max_length=16)
    rules = models.PositiveIntegerField(default=0)

    class Meta(Projection.Meta):
        verbose_name = "mapping"

    def take(self, content: dict[str, Any]) -> None:
        self.entity = content["entity"]
        self.direction = content["direction"]
        self.rules = len(content["rules"])
