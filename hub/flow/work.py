"""One ring of the bell: prepare and deliver until there is nothing left, or a second is over."""

from __future__ import annotations

import time
from collections.abc import Callable

from hub.flow.deliver import deliver
from hub.flow.dependents import prepare_dependents
from hub.flow.prepare import prepare

BUDGET_SECONDS = 1.0


def drain(*, is_stopping: Callable[[], bool] = lambda: False, budget: float = BUDGET_SECONDS) -> bool:
    """Work until the queue is dry or the budget is spent; True where work may be left."""
    deadline = time.monotonic() + budget
    while not is_stopping():
        done = prepare() + prepare_dependents() + deliver(is_stopping=is_stopping)
        if not done:
            return False
        if time.monotonic() > deadline:
            return True
    return True
