"""What will go one day, said in headers: ``Deprecation`` (RFC 9745) and ``Sunset`` (RFC 8594).

docs/explanation/api-versions.md has the promise that stands behind the two dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime


@dataclass(frozen=True, slots=True)
class Deprecation:
    """``since`` when it should not be used any more, ``until`` when it may stop working; ``instead`` is a sentence."""

    since: date
    until: date
    instead: str

    def sentence(self) -> str:
        """For the documentation."""
        return f"Deprecated since {self.since}, gone after {self.until}. {self.instead}"


def headers(found: Iterable[Deprecation]) -> dict[str, str]:
    """The headers of an answer that used these; of several the dates that come first. Empty where nothing was used."""
    used = list(found)
    if not used:
        return {}
    since, until = (_midnight(min(days)) for days in ((one.since for one in used), (one.until for one in used)))
    return {"Deprecation": f"@{int(since.timestamp())}", "Sunset": format_datetime(until, usegmt=True)}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
