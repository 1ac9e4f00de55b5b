"""One ring of the bell: prepare and deliver until there is nothing left, or the turn is over.

A grown worker lingers for a moment when it has found the queue dry, and looks again every few milliseconds: under
a steady load messages then need no ring each, and wait for none. A door may leave out the rings that fall into that
moment (``bell.QUIET_SECONDS``), since the worker that heard the one before is still looking. As beat's ticks wait
behind a turn, a worker that is busy ticks by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hub.flow.preparing.dependents import prepare_dependents
from hub.flow.preparing.prepare import prepare_and_lease
from hub.flow.sending.deliver import deliver_onto
from hub.flow.sending.deliver import size as outgoing
from hub.flow.sending.desk import Desk
from hub.flow.waiting import Waiting, look

BUDGET_SECONDS = 1.0  # of an embedded turn
TURN_SECONDS = 10.0  # of a grown worker's, which ticks in between
LINGER_SECONDS = 2.0
LOOK_SECONDS = 0.002
GATHER_SECONDS = 0.008
DESK_SECONDS = 0.015
BUSY_DESK_SECONDS = 0.05
SMALL = 8  # messages and deliveries of one cycle

OnTick = Callable[[bool, Callable[[], object]], None]  # whether it may be late; what goes before it


def drain(*, is_stopping: Callable[[], bool] = lambda: False) -> bool:
    """Work until the queue is dry or the budget is spent; True where work may be left."""
    deadline = time.monotonic() + BUDGET_SECONDS
    while not is_stopping():
        desk = Desk()
        try:
            done = _cycle(look(), desk, is_stopping)
        finally:
            desk.settle()
        if not done:
            return False
        if time.monotonic() > deadline:
            return True
    return True


def _cycle(seen: Waiting, desk: Desk, is_stopping: Callable[[], bool]) -> int:
    """Do what a look has shown: how many messages and deliveries were taken."""
    done = prepare_dependents() if seen.ready else 0
    prepared, held = prepare_and_lease(to_lease=outgoing.rows) if seen.received else (0, None)
    done += prepared
    if not (done or seen.due or (held and held.deliveries)):
        return 0
    return done + deliver_onto(desk, held=held, is_stopping=is_stopping)


def _is_time_to_settle(seen: Waiting, desk: Desk, is_small: bool) -> bool:
    """At once where messages have stopped coming or other deliveries wait; in a lull soon; in a busy time later."""
    return not seen.received or desk.is_awaited or desk.age() > (DESK_SECONDS if is_small else BUSY_DESK_SECONDS)


def attend(
    *, tick: OnTick = lambda is_busy, before: None, is_stopping: Callable[[], bool] = lambda: False
) -> tuple[bool, float]:
    """One turn of a grown worker: (whether work may be left, the time up to which every ring is answered).

    The time is in seconds since the epoch: that of the last look which found nothing.
    """
    desk = Desk()
    try:
        return _attend(desk, tick, is_stopping)
    finally:
        desk.settle()


def _attend(desk: Desk, tick: OnTick, is_stopping: Callable[[], bool]) -> tuple[bool, float]:
    """While messages keep coming and nothing waits for them, outcomes of a few cycles are settled together.

    What is due waits a moment for company, and after a small batch of messages there is a pause: a larger batch costs
    less a message.
    """
    began = last_found = time.monotonic()
    while not is_stopping():
        looked_at, look_began = time.time(), time.monotonic()
        seen = look()
        look_took = time.monotonic() - look_began
        _gather(seen)
        done = _cycle(seen, desk, is_stopping)
        now = time.monotonic()
        is_small = done < SMALL and not seen.due
        if _is_time_to_settle(seen, desk, is_small):
            desk.settle()
        if done:
            last_found = now
        elif now > last_found + LINGER_SECONDS:
            return False, looked_at
        if now > began + TURN_SECONDS:
            break
        tick(not is_small, desk.settle)
        if is_small:
            pause = max(LOOK_SECONDS, 3 * look_took)  # a dear look is taken less often
            time.sleep(max(0.0, now + pause - time.monotonic()))
    return True, time.time()


def _gather(seen: Waiting) -> None:
    """Let deliveries that have just come wait for company; a backlog, such as that of one key, is old enough."""
    if seen.due and not seen.received:
        age = time.time() - seen.due.timestamp()
        time.sleep(min(max(GATHER_SECONDS - age, 0.0), GATHER_SECONDS))
