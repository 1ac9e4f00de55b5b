"""The bell: says that there is work, after the commit. It carries nothing, and losing it loses nothing.

Embedded, it sets an event that the dispatcher thread waits for; with a broker it publishes a task, without retries
and at most once a lane and ``QUIET_SECONDS``: whoever hears a ring goes on looking for longer than that. Nothing is
ever asked of the broker here: one that is down costs a log line, one that does not answer costs nothing.
"""

from __future__ import annotations

import threading
import time

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

LANE = "main"
QUIET_SECONDS = 1.0  # less than work.LINGER_SECONDS
EXPIRES_SECONDS = 30
PAUSE_AFTER_FAILURE_SECONDS = 5.0

embedded = threading.Event()
_last_rung: dict[str, float] = {}
_deaf_until = 0.0


def ring(lane: str = LANE, *, always: bool = False) -> None:
    """There is work in this lane. Never raises. ``always``: also where it has just been rung."""
    if settings.HUB_EMBEDDED:
        embedded.set()
        return
    now = time.monotonic()
    is_quiet = now - _last_rung.get(lane, -QUIET_SECONDS) < QUIET_SECONDS
    if now < _deaf_until or (is_quiet and not always):
        return
    _last_rung[lane] = now
    _publish(lane)


def is_at_work(lane: str = LANE) -> None:
    """This process works in the lane and goes on looking: for a moment it need not ring itself."""
    _last_rung[lane] = time.monotonic()


def _publish(lane: str) -> None:
    global _deaf_until
    from hub.tasks import work

    try:
        work.apply_async((lane, time.time()), queue=lane, expires=EXPIRES_SECONDS, retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises: the sweeper finds the rows
        _deaf_until = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
        log.warning("bell.not_heard", lane=lane, error=type(error).__name__)
