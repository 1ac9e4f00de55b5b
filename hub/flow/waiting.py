"""Whether anything could be prepared or sent now: asked often, so it is one prepared statement."""

from __future__ import annotations

from typing import NamedTuple

from django.utils import timezone

from governance.rows import fetch
from hub.flow import lease
from hub.models import Delivery, MessageState

DELIVERY = Delivery._meta.db_table

READY = f"SELECT id FROM {DELIVERY} WHERE state = 'waiting_dependency' AND waits_for = 0"  # noqa: S608
LOOK = f"""
SELECT EXISTS (SELECT 1 FROM {MessageState._meta.db_table} WHERE state = 'received'),
EXISTS ({READY}), EXISTS ({lease.NEXT.format(lock="")})
"""  # noqa: S608 - names come from models


class Waiting(NamedTuple):
    """What there is to do: messages to prepare, routes whose turn has come, deliveries that may be sent."""

    received: bool
    ready: bool
    due: bool


def look() -> Waiting:
    """One look at all of it."""
    return Waiting(*map(bool, fetch(LOOK, [timezone.now(), 1])[0]))


def is_work_waiting() -> bool:
    """Whether there is anything to do."""
    return any(look())
