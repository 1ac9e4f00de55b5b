"""How many requests somebody made in this minute: one count for all web processes, or one for this process.

Redis, where it is the broker, counts for all. Without it, and while it does not answer, each process counts for
itself: the limit is then as many times higher as there are web processes.
"""

from __future__ import annotations

import threading
import time
from functools import cache
from typing import Any, Protocol

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

WINDOW = 60  # seconds
REST_SECONDS = 5.0  # after an error of Redis this process counts alone for so long
MOST_NAMES = 20_000


class Counter(Protocol):
    def add(self, name: str, window: int) -> int:
        """One more under this name in this window; returns how many there are now."""


class InProcess:
    """A dictionary of the current window."""

    def __init__(self) -> None:
        self._lock, self._window, self._counts = threading.Lock(), -1, dict[str, int]()

    def add(self, name: str, window: int) -> int:
        with self._lock:
            if window != self._window or len(self._counts) > MOST_NAMES:
                self._window, self._counts = window, {}
            self._counts[name] = self._counts.get(name, 0) + 1
            return self._counts[name]


class InRedis:
    """``INCR`` on a key that outlives its window by a little; an error of Redis never refuses a request."""

    def __init__(self, url: str) -> None:
        import redis

        self._redis: Any = redis.Redis.from_url(url, socket_connect_timeout=0.2, socket_timeout=0.2)
        self._alone, self._rests_until = InProcess(), 0.0

    def add(self, name: str, window: int) -> int:
        if time.monotonic() < self._rests_until:
            return self._alone.add(name, window)
        try:
            key = f"interlock:rate:{window}:{name}"
            count, _ = self._redis.pipeline().incr(key).expire(key, 2 * WINDOW).execute()
            return int(count)
        except (OSError, self._errors()) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.warning("api.rates_counted_alone", error=type(error).__name__)
            return self._alone.add(name, window)

    @staticmethod
    def _errors() -> type[Exception]:
        import redis

        return redis.RedisError


@cache
def counter() -> Counter:
    """The counter of this installation."""
    url = settings.HUB_BROKER_URL
    return InRedis(url) if url.startswith(("redis://", "rediss://")) else InProcess()


def seconds_left(now: float) -> int:
    """Until the next window begins, at least one."""
    return max(1, WINDOW - int(now) % WINDOW)
