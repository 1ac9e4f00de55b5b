"""Who looked at which content is part of the trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from governance import audit
from governance.guard.context import change


def record_look(*, by: Any, message_id: UUID, interface_key: str, stage: str, source: str) -> None:
    """One event a look; ``stage`` is received, canonical, sent, difference or values, ``source`` the door."""
    with change(by=by, reason=f"Content read as {stage}.", source=source):
        audit.record("payload.viewed", subject=("message", str(message_id)), interface=interface_key, stage=stage)


audit.describe(payload__viewed="{actor} looked at the content of message {subject} as {stage}.")
