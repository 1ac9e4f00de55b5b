"""Objectives: what each figure should be. An interface may carry its own; else the hub's defaults (settings) hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

DEFAULT = "default of this hub"
OWN = "set in its release"


@dataclass(frozen=True, slots=True)
class Objective:
    """``p95_ms`` milliseconds from acceptance to delivery, ``first_try_percent`` of deliveries, ``backlog`` deliveries.

    ``own`` names those that the interface's release sets; the others are the hub's defaults.
    """

    p95_ms: int
    first_try_percent: int
    backlog: int
    own: frozenset[str] = frozenset()

    @property
    def p95_origin(self) -> str:
        return self._origin("p95_ms")

    @property
    def backlog_origin(self) -> str:
        return self._origin("backlog")

    @property
    def first_try_origin(self) -> str:
        return self._origin("first_try_percent")

    def _origin(self, name: str) -> str:
        return OWN if name in self.own else DEFAULT


SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "p95_ms": {"type": "integer", "minimum": 1, "maximum": 86_400_000},
        "first_try_percent": {"type": "integer", "minimum": 0, "maximum": 100},
        "backlog": {"type": "integer", "minimum": 1, "maximum": 10_000_000},
    },
}


def default() -> Objective:
    """What holds where an interface says nothing."""
    return Objective(
        p95_ms=settings.HUB_OBJECTIVE_P95_MS,
        first_try_percent=settings.HUB_OBJECTIVE_FIRST_TRY_PERCENT,
        backlog=settings.HUB_OBJECTIVE_BACKLOG,
    )


def of(content: dict[str, Any]) -> Objective:
    """The objective of an interface with this content."""
    given, base = content.get("objective", {}), default()
    return Objective(
        p95_ms=given.get("p95_ms", base.p95_ms),
        first_try_percent=given.get("first_try_percent", base.first_try_percent),
        backlog=given.get("backlog", base.backlog),
        own=frozenset(given),
    )
