"""Sends what is leased, outside any transaction; the outcomes are settled every few rows."""

from __future__ import annotations

import time
from collections.abc import Callable

from hub.flow.batch import BatchSize
from hub.flow.sending import lease
from hub.flow.sending.attempt import attempt
from hub.flow.sending.desk import Desk
from hub.flow.sending.judgement import Outcome
from hub.flow.sending.lease import Lease
from hub.flow.sending.watch import Watch
from hub.flow.sending.waves import Wave, waves_of
from hub.telemetry import span

BATCH_SECONDS = 10.0  # then what is left goes back: slow targets must not keep a worker from stopping

size = BatchSize(lease.BATCH)


def deliver(limit: int = 0, *, held: Lease | None = None, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Lease one batch, unless it is ``held`` already, send and settle it; returns how many deliveries were taken.

    What was sent is settled whatever happens next; what was not sent goes back to the queue.
    """
    desk = Desk()
    try:
        return deliver_onto(desk, limit, held=held, is_stopping=is_stopping)
    finally:
        desk.settle()


def deliver_onto(
    desk: Desk, limit: int = 0, *, held: Lease | None = None, is_stopping: Callable[[], bool] = lambda: False
) -> int:
    """The same, but what was sent last may still lie on the desk, which its owner settles."""
    held = held or lease.lease(limit or size.rows)
    desk.is_awaited |= held.is_awaited
    if not held.deliveries:
        return 0
    size.seen(len(held.deliveries), sum(one.payload.size for one in held.deliveries))
    sending, ends = Sending(held, desk), time.monotonic() + BATCH_SECONDS
    waves = list(waves_of(held))
    for position, wave in enumerate(waves):
        if is_stopping() or time.monotonic() > ends:
            left = [delivery for later in waves[position:] for delivery in later.deliveries]
            lease.hand_back(left, held.token)
            break
        sending.take(wave)
    return len(held.deliveries)


class Sending:
    """One batch under way: whether it may go on, and which interfaces have halted."""

    def __init__(self, held: Lease, desk: Desk) -> None:
        self.token, self.watch, self.desk = held.token, Watch(held), desk
        self.halted: set[str] = set()

    def take(self, wave: Wave) -> None:
        """Send those that may be sent now; the others go back."""
        mine = [one for one in wave.deliveries if one.interface_key not in self.halted and self.watch.may_send(one)]
        if len(mine) < len(wave.deliveries):
            lease.hand_back([one for one in wave.deliveries if one not in mine], self.token)
        outcomes = self._sent(Wave(wave.release, wave.route, mine)) if mine else []
        self.halted |= {outcome.delivery.interface_key for outcome in outcomes if outcome.halts}
        self.desk.put(outcomes, self.token)

    def _sent(self, wave: Wave) -> list[Outcome]:
        interface, route, count = wave.release.key, wave.route.key, len(wave.deliveries)
        with span("deliver", interface=interface, route=route, deliveries=count) as say:
            outcomes = attempt(wave, self.token)
            say(outcomes=", ".join(sorted({one.word for one in outcomes})))
        return outcomes
