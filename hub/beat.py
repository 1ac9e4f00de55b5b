"""Beat: sends the ticks, and leaves out those that would only pile up."""

from __future__ import annotations

from typing import Any

from celery.beat import Scheduler

from hub.flow.bell import is_crowded


class Ticker(Scheduler):
    """A schedule in memory: a tick of each second needs no past.

    While nobody reads the queue, or a busy worker reads it later, no tick is added: the queue does not grow by the
    day, and a worker whose turn has ended does not first hear what has long been done.
    """

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **options: Any) -> Any:
        if not is_crowded():
            return super().apply_async(entry, producer, advance, **options)
        return None
