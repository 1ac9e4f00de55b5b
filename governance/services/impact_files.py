"""That an impact left the house as a file is part of the trail."""

from __future__ import annotations

from typing import Any

from governance import audit
from governance.guard.context import change

LONGEST = 160  # characters of a subject


def record_file(*, by: Any, about: str, count: int, digest: str) -> None:
    """One event a file: what it was about, how many objects, SHA-256 of the file."""
    with change(by=by, reason=f"Exported the impact of {about[:LONGEST]} as CSV.", source="console"):
        audit.record("impact.exported", subject=("impact", about[:LONGEST]), count=count, digest=digest)


audit.describe(impact__exported="{actor} exported the impact of {subject} ({count} object(s)).")
