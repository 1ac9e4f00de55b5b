"""The bell: says that there is work, after the commit. It carries nothing, and losing it loses nothing.

Embedded, it sets an event that the dispatcher thread waits for; with a broker it publishes a task, at most once a
lane and 50 ms, without retries. A broker that is down costs a log line, never an error to the sender.
"""

from __future__ import annotations

import threading
import time

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

LANE = "main"
QUIET_SECONDS = 0.05
EXPIRES_SECONDS = 30
PAUSE_AFTER_FAILURE_SECONDS = 5.0

embedded = threading.Event()
_last_rung: dict[str, float] = {}
_deaf_until = 0.0


def ring(lane: str = LANE) -> None:
    """There is work in this lane. Never raises."""
    if settings.HUB_EMBEDDED:
        embedded.set()
        return
    now = time.monotonic()
    if now < _deaf_until or now - _last_rung.get(lane, 0.0) < QUIET_SECONDS:
        return
    _last_rung[lane] = now
    _publish(lane)


def _publish(lane: str) -> None:
    global _deaf_until
    from hub.tasks import work

    try:
        work.apply_async((lane,), queue=lane, expires=EXPIRES_SECONDS, retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises: the sweeper finds the rows
        _deaf_until = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
        log.warning("bell.not_heard", lane=lane, error=type(error).__name__)
