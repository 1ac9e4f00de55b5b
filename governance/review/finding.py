"""What stands out in the trail, and how much."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

Listed = tuple[str, tuple[tuple[str, str], ...]]  # name of a list of the console, and its filters


@dataclass(frozen=True, slots=True)
class Finding:
    """``key`` names it for ever (rule and row); ``score`` is 1 to 100; ``actor_id`` may not be its reviewer.

    ``event`` is the id of the audit event that shows it, ``record`` (kind, key) whose story does; either may be empty.
    ``count`` rows of one act are one finding; ``listed`` is the list that shows all of them.
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
    count: int = 1
    listed: Listed = ("", ())

    def frozen(self) -> dict[str, Any]:
        """As a review keeps it: JSON-able, and what its signature covers."""
        name, filters = self.listed
        plain = {"at": self.at.isoformat(), "record": list(self.record), "listed": [name, dict(filters)]}
        return {**asdict(self), **plain}
