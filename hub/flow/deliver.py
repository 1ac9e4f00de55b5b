"""Sends what is leased, outside any transaction, and settles the outcomes every few rows."""

from __future__ import annotations

import time
from collections.abc import Callable

from hub.flow import lease
from hub.flow.attempt import attempt
from hub.flow.batch import BatchSize
from hub.flow.judgement import Outcome
from hub.flow.lease import Lease
from hub.flow.settle import settle
from hub.flow.watch import Watch
from hub.flow.waves import Wave, waves_of

SETTLE_ROWS = 50
SETTLE_SECONDS = 0.2
BATCH_SECONDS = 10.0  # then what is left goes back: slow targets must not keep a worker from stopping

size = BatchSize(lease.BATCH)


def deliver(limit: int = 0, *, held: Lease | None = None, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Lease one batch, unless it is ``held`` already, send and settle it; returns how many deliveries were taken.

    What was sent is settled whatever happens next; what was not sent goes back to the queue.
    """
    held = held or lease.lease(limit or size.rows)
    if not held.deliveries:
        return 0
    size.seen(len(held.deliveries), sum(one.payload.size for one in held.deliveries))
    desk, ends = Desk(held), time.monotonic() + BATCH_SECONDS
    waves = list(waves_of(held))
    try:
        for position, wave in enumerate(waves):
            if is_stopping() or time.monotonic() > ends:
                left = [delivery for later in waves[position:] for delivery in later.deliveries]
                lease.hand_back(left, held.token)
                break
            desk.take(wave)
    finally:
        desk.settle()
    return len(held.deliveries)


class Desk:
    """One batch under way: what was sent and is not settled yet, and which interfaces have halted."""

    def __init__(self, held: Lease) -> None:
        self.token, self.watch = held.token, Watch(held)
        self.outcomes: list[Outcome] = []
        self.halted: set[str] = set()
        self.settled_at = time.monotonic()

    def take(self, wave: Wave) -> None:
        """Send those that may be sent now; the others go back."""
        mine = [one for one in wave.deliveries if one.interface_key not in self.halted and self.watch.may_send(one)]
        if len(mine) < len(wave.deliveries):
            lease.hand_back([one for one in wave.deliveries if one not in mine], self.token)
        outcomes = attempt(Wave(wave.release, wave.route, mine), self.token) if mine else []
        self.outcomes += outcomes
        halts = {outcome.delivery.interface_key for outcome in outcomes if outcome.halts}
        self.halted |= halts
        if halts or len(self.outcomes) >= SETTLE_ROWS or time.monotonic() - self.settled_at > SETTLE_SECONDS:
            self.settle()

    def settle(self) -> None:
        """Write down what was sent."""
        outcomes, self.outcomes = self.outcomes, []
        settle(outcomes, self.token)
        self.settled_at = time.monotonic()
