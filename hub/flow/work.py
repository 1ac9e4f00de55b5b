"""One ring of the bell: prepare and deliver until there is nothing left, or a second is over.

A grown worker lingers for a moment when it has found the queue dry, and looks again every few milliseconds: under
a steady load messages then need no ring each, and wait for none. A door may leave out the rings that fall into that
moment (``bell.QUIET_SECONDS``), since the worker that heard the one before is still looking.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hub.flow.deliver import deliver
from hub.flow.dependents import prepare_dependents
from hub.flow.prepare import prepare
from hub.flow.waiting import is_work_waiting

BUDGET_SECONDS = 1.0
LINGER_SECONDS = 0.5
LOOK_SECONDS = 0.004


def drain(*, is_stopping: Callable[[], bool] = lambda: False, budget: float = BUDGET_SECONDS) -> bool:
    """Work until the queue is dry or the budget is spent; True where work may be left."""
    deadline = time.monotonic() + budget
    while not is_stopping():
        if not prepare() + prepare_dependents() + deliver(is_stopping=is_stopping):
            return False
        if time.monotonic() > deadline:
            return True
    return True


def attend(*, is_stopping: Callable[[], bool] = lambda: False) -> tuple[bool, float]:
    """One turn of a grown worker: (whether work may be left, the time up to which every ring is answered).

    The time is in seconds since the epoch: that of the last look which found nothing.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    while not drain(is_stopping=is_stopping, budget=max(0.0, deadline - time.monotonic())):
        looked_at = _linger(is_stopping)
        if looked_at is not None:
            return False, looked_at
        if time.monotonic() > deadline:
            break
    return True, time.time()


def _linger(is_stopping: Callable[[], bool]) -> float | None:
    """Look for new work for a moment: the time of the last look, or None where some turned up."""
    until = time.monotonic() + LINGER_SECONDS
    while True:
        looked_at, began = time.time(), time.monotonic()
        if is_work_waiting():
            return None
        if time.monotonic() > until or is_stopping():
            return looked_at
        time.sleep(max(LOOK_SECONDS, 3 * (time.monotonic() - began)))  # a dear look is taken less often
