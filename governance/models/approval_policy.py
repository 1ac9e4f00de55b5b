"""Approval policies: who must sign what, as controlled content like everything that they guard."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models.projection import Projection


class ApprovalPolicy(Projection):
    """``content`` says what it matches and which steps it asks for (governance/changes/choosing/policy_kind.py)."""

    KIND: ClassVar[str] = "approval_policy"

    steps = models.PositiveIntegerField(default=0)

    class Meta(Projection.Meta):
        verbose_name = "approval policy"
        verbose_name_plural = "approval policies"

    def take(self, content: dict[str, Any]) -> None:
        self.steps = len(content["steps"])
