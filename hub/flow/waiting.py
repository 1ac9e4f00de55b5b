"""Whether anything could be prepared or sent now: asked often, so it is one prepared statement."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from governance.rows import as_time, fetch
from hub.flow.sending import lease
from hub.models import Delivery, MessageState

DELIVERY = Delivery._meta.db_table

READY = f"SELECT id FROM {DELIVERY} WHERE state = 'waiting_dependency' AND waits_for = 0"  # noqa: S608
LOOK = f"""
SELECT EXISTS (SELECT 1 FROM {MessageState._meta.db_table} WHERE state = 'received'),
EXISTS ({READY}), ({lease.NEXT.format(lock="").replace("d.id", "d.due_at", 1)})
"""  # noqa: S608 - names come from models


class Waiting(NamedTuple):
    """What there is to do: messages to prepare, routes whose turn has come, deliveries that may be sent.

    ``due`` is the time since when the first of these may be sent; None where there is none.
    """

    received: bool
    ready: bool
    due: datetime | None


def look() -> Waiting:
    """One look at all of it."""
    received, ready, due = fetch(LOOK, [timezone.now(), 1])[0]
    return Waiting(bool(received), bool(ready), as_time(due) if due else None)


def is_work_waiting() -> bool:
    """Whether there is anything to do."""
    return any(look())
