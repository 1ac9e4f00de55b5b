"""Interface control documents: now their machine part, which the engine runs by."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import Projection


class InterfaceControlDocument(Projection):
    """Schema, idempotency key, ordering key, order policy and business key of what arrives."""

    KIND: ClassVar[str] = "icd"

    order_policy = models.CharField(max_length=16)

    class Meta(Projection.Meta):
        verbose_name = "interface control document"

    def take(self, content: dict[str, Any]) -> None:
        self.order_policy = content.get("order_policy", "none")
