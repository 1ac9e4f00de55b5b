"""How often one account or person may ask in a minute, and the headers that say so.

draft-ietf-httpapi-ratelimit-headers-10: ``RateLimit-Policy`` and ``RateLimit``; RFC 6585, section 4: 429.
The intake of messages is not counted: it has its own ways to slow a sender down.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from governance.actors import actor_of
from governance.api.protocol.counters import WINDOW, counter, seconds_left
from governance.errors import Refused

READING = ("GET", "HEAD", "OPTIONS")


class TooMany(Refused):
    """Asked more often than the limit."""

    status = 429
    code = "too_many"

    def __init__(self, rate: Rate) -> None:
        self.retry_after = rate.seconds
        super().__init__(
            f"You asked more than {rate.limit} times in a minute. Try again in {rate.seconds} seconds.",
            field="RateLimit",
            value=str(rate.count),
            rule=f"≤ {rate.limit} in {WINDOW} seconds",
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """Where one account stands in this minute; ``seconds`` until the count begins anew."""

    policy: str
    limit: int
    count: int
    seconds: int

    def headers(self) -> dict[str, str]:
        left = max(0, self.limit - self.count)
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={WINDOW}',
            "RateLimit": f'"{self.policy}";r={left};t={self.seconds}',
        }

    @property
    def is_exceeded(self) -> bool:
        return self.count > self.limit


def count(user: Any, method: str) -> Rate:
    """Count one request of this account; reading and writing apart."""
    is_read = method in READING
    policy = "read" if is_read else "write"
    limit = settings.HUB_API_RATE_READ if is_read else settings.HUB_API_RATE_WRITE
    actor, now = actor_of(user), time.time()
    made = counter().add(f"{actor.kind}:{actor.id}:{policy}", int(now) // WINDOW)
    return Rate(policy, limit, made, seconds_left(now))
