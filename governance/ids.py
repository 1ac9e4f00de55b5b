"""Ids of rows: UUID version 7 (RFC 9562, section 5.7), ordered by time within a process."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, 12 bits that keep the order within one, 62 random bits.

    The 12 bits hold the fraction of the millisecond (method 3 of section 6.2); a tie or a clock that stepped
    back continues from the last value, so that ids of one process never run backwards.
    """
    global _last
    now = time.time_ns()
    stamp = (now // 1_000_000) << 12 | (now % 1_000_000) * 4096 // 1_000_000
    with _lock:
        _last = stamp = max(stamp, _last + 1)
    high = (stamp >> 12) << 16 | 0x7000 | (stamp & 0xFFF)
    low = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    return UUID(int=high << 64 | low)


def time_of(row_id: UUID) -> datetime:
    """When the id was made, to the millisecond, in UTC."""
    return datetime.fromtimestamp((row_id.int >> 80) / 1000, tz=UTC)


def floor_of(moment: datetime) -> UUID:
    """The smallest id that could be made at this moment: a bound for ranges and partitions."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
