"""What stands out in the trail, and how much."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """``key`` names it for ever (rule and row); ``score`` is 1 to 100; ``actor_id`` may not be its reviewer.

    ``event`` is the id of the audit event that shows it, ``record`` (kind, key) whose story does; either may be empty.
    """

    key: str
    rule: str
    score: int
    sentence: str
    at: datetime
    actor_id: str = ""
    actor: str = ""
    event: str = ""
    record: tuple[str, str] = ("", "")

    def frozen(self) -> dict[str, Any]:
        """As a review keeps it: JSON-able, and what its signature covers."""
        return {**asdict(self), "at": self.at.isoformat(), "record": list(self.record)}
