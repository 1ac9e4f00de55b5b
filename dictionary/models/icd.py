"""Interface control documents: a machine part, which the engine runs by, and parts for people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import Projection


class InterfaceControlDocument(Projection):
    """Schema, keys and order of what arrives; what people wrote; what follows from the configuration, as agreed."""

    KIND: ClassVar[str] = "icd"

    order_policy = models.CharField(max_length=16)

    class Meta(Projection.Meta):
        verbose_name = "interface control document"

    def take(self, content: dict[str, Any]) -> None:
        self.order_policy = content.get("order_policy", "none")
