"""What a person's act leaves in the story of a message."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from governance.guard.context import current
from governance.ids import uuid7
from governance.rows import insert
from hub.flow.preparing.prepared import STEP_COLUMNS
from hub.models import MessageStep


def keep_steps(steps: Sequence[tuple[UUID, str, str, UUID]]) -> None:
    """(message, step, states passed, release) each; who and why are those of the open change."""
    made = current()
    rows = [
        (uuid7(), message_id, step, states, made.by.name, made.reason, release_id, None)
        for message_id, step, states, release_id in steps
    ]
    insert(MessageStep, STEP_COLUMNS, rows)
