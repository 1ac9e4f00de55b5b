"""One line of a story, whichever part of the trail told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.selectors.proof import Proof

SOURCES = {
    "history": "History",
    "audit": "Audit event",
    "ledger": "Ledger",
    "message": "Message",
    "try": "Try at a system",
    "refusal": "Refusal",
}


@dataclass(frozen=True, slots=True)
class Step:
    """``source`` is one of SOURCES; ``fingerprint`` is build, settings and host; ``release`` the configuration.

    ``changes`` are (name, before, after). ``act`` ties what one act did; ``place`` is the system where it happened.
    """

    at: datetime
    source: str
    what: str
    who: str = ""
    why: str = ""
    ticket: str = ""
    place: str = "Interlock"
    fingerprint: str = ""
    release: str = ""
    act: str = ""
    correlation: str = ""
    changes: tuple[tuple[str, Any, Any], ...] = ()
    proof: Proof | None = None
    page: tuple[str, str] = ("", "")  # (name of the address, key)
    tone: str = "mute"

    @property
    def source_word(self) -> str:
        return SOURCES[self.source]

    @property
    def order(self) -> tuple[datetime, int]:
        """By time to the millisecond, which is all that SQLite knows; within one, rows before the event about them."""
        rank = list(SOURCES).index(self.source)
        return self.at.replace(microsecond=self.at.microsecond // 1000 * 1000), rank
