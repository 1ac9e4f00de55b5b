"""Another time for one process: Python's clock and SQLite's, moved together and running on.

Only the past of a demonstration is made with it (``past.py``). PostgreSQL keeps its own time, so there it cannot be.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_real_ns = time.time_ns


class Clock:
    """Runs as fast as the real one, some time behind it."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def set(self, moment: datetime) -> None:
        """From now on it is this moment."""
        self._behind = _real_ns() - (moment - EPOCH) // timedelta(microseconds=1) * 1000

    def forward_to(self, moment: datetime) -> None:
        """On to a later moment; never back."""
        self.set(max(moment, self.now()))

    def arrive(self) -> None:
        """From now on it is the real one."""
        self._behind = 0

    def time_ns(self) -> int:
        return _real_ns() - self._behind

    def time(self) -> float:
        return self.time_ns() / 1_000_000_000

    def now(self) -> datetime:
        return EPOCH + timedelta(microseconds=self.time_ns() // 1000)

    def strftime(self, form: str, when: str) -> str:
        """As SQLite does it for "now", which is all that defaults and triggers ask."""
        if when.lower() != "now":
            raise ValueError(f"The moved clock knows no other moment than now: {when!r}")
        now = self.now()
        return now.strftime(form.replace("%f", f"%S.{now.microsecond // 1000:03d}"))


@contextmanager
def moved(moment: datetime) -> Iterator[Clock]:
    """Within this block it is ``moment`` and later, for Python, for the hub's database and for those of its targets."""
    clock, connect = Clock(moment), sqlite3.connect
    kept = time.time, time.time_ns, timezone.now

    def connect_in_time(*arguments: Any, **named: Any) -> sqlite3.Connection:
        return _in_time(connect(*arguments, **named), clock)

    connection.ensure_connection()
    _in_time(connection.connection, clock)
    try:
        _put(clock.time, clock.time_ns, clock.now, connect_in_time)
        yield clock
    finally:
        _put(*kept, connect)
        clock.arrive()  # for a connection that stays open
        if not connection.in_atomic_block:
            connection.close()  # with it goes its moved clock


def _in_time(opened: sqlite3.Connection, clock: Clock) -> sqlite3.Connection:
    """Nothing is waited for on the disk: what a power cut would cost here can be made again."""
    for _ in range(2):  # statements that were prepared keep the function of SQLite until ours is replaced by ours
        opened.create_function("strftime", 2, clock.strftime)
    if not opened.in_transaction:
        opened.execute("PRAGMA synchronous = OFF")
    return opened


def _put(seconds: Any, nanoseconds: Any, now: Any, connect: Any) -> None:
    time.time, time.time_ns, timezone.now = seconds, nanoseconds, now
    sqlite3.connect = connect
