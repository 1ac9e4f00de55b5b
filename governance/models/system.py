"""The register of systems: everything that is connected, and everything deliberately left out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models.projection import Projection


class System(Projection):
    """A computer system of the company or of a partner."""

    KIND: ClassVar[str] = "system"

    category = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField(help_text="ISA-95 level, 0 to 4.")
    owner = models.CharField(max_length=160)
    criticality = models.CharField(max_length=16)
    is_gxp = models.BooleanField(default=False)
    residency = models.CharField(max_length=16, blank=True)
    is_excluded = models.BooleanField(default=False, help_text="Deliberately out of scope; no interface may use it.")

    class Meta(Projection.Meta):
        verbose_name = "system"
        permissions = [
            ("propose_system", "May propose changes of this system and its connections"),
            ("check_connection", "May ask its connections whether they work"),
        ]

    def __str__(self) -> str:
        return self.label

    def take(self, content: dict[str, Any]) -> None:
        self.category = content["category"]
        self.level = content.get("level", 4)
        self.owner = content["owner"]
        self.criticality = content.get("criticality", "medium")
        self.is_gxp = content.get("gxp", False)
        self.residency = content.get("residency", "")
        self.is_excluded = bool(content.get("excluded_because"))
