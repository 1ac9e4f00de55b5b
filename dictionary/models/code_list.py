"""Code lists and the crosswalks of each system to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import Projection


class CodeList(Projection):
    """The codes stay in ``content``; ``size`` is how many there are."""

    KIND: ClassVar[str] = "code_list"

    size = models.PositiveIntegerField(default=0)

    class Meta(Projection.Meta):
        verbose_name = "code list"

    def take(self, content: dict[str, Any]) -> None:
        self.size = len(content["codes"])
