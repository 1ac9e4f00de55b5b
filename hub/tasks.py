"""What the bell starts. Arguments are a lane and a time; everything that matters is in rows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from django.conf import settings

from governance.changes.releasing.ordering import release_due
from hub.celery import app, keep_connections
from hub.flow import bell
from hub.flow.intake.poll import poll_due
from hub.flow.stopping import stopping
from hub.flow.sweep import sweep as look
from hub.flow.work import attend, drain
from hub.sealer import seal_now
from hub.services.token_report import write_report
from hub.sign_in.counts import remove_stale

DAY_SECONDS = 86_400
TIDY_SECONDS = 60.0
LATE_SECONDS = 2.0  # of a tick in a busy worker


class Tick:
    """Something that is done each second, by whoever comes first: beat's task, or a worker in its turn."""

    def __init__(self, run: Callable[[], object]) -> None:
        self.run, self.last = run, -math.inf

    def unless_done(self, within: float, *, before: Callable[[], object] = lambda: None) -> None:
        """Do it, unless this process has done it within so many seconds; ``before`` goes first."""
        now = time.monotonic()
        if now - self.last >= within:
            self.last = now
            before()
            self.run()


sweeping = Tick(look)
reporting = Tick(write_report)
tidying = Tick(remove_stale)
releasing = Tick(release_due)
polling = Tick(lambda: poll_due(is_stopping=stopping.is_set))
sealing = Tick(seal_now)
_answered_until = 0.0  # of the rings that this process has heard


@app.task(name="hub.work", ignore_result=True)
@keep_connections
def work(lane: str = bell.LANE, rung_at: float = math.inf) -> None:
    """Prepare and deliver until the lane is dry; rings again where its time was up.

    ``rung_at`` is the time (s since the epoch) of the ring: one that an earlier turn of this process has answered
    already is passed over, so that rings never pile up before the ticks. Clocks that differ between hosts cost at
    most a tick: the sweep rings with the time of its own.
    """
    global _answered_until
    if settings.HUB_EMBEDDED:
        is_work_left = drain(is_stopping=stopping.is_set)
    elif rung_at <= _answered_until:
        return
    else:
        is_work_left, _answered_until = attend(tick=_tick, is_stopping=stopping.is_set)
    if is_work_left:
        bell.ring(lane, always=True)


def _tick(is_busy: bool, before: Callable[[], object]) -> None:
    """In the midst of many messages a tick may be late. What lies on the desk goes first: a poll may take long."""
    bell.is_at_work()
    for each in (sweeping, releasing, polling):
        each.unless_done(settings.HUB_POLL_TICK_SECONDS + (LATE_SECONDS if is_busy else 0), before=before)
    sealing.unless_done(settings.HUB_SEAL_SECONDS + (LATE_SECONDS if is_busy else 0), before=before)


@app.task(name="hub.sweep", ignore_result=True, expires=5)
@keep_connections
def sweep() -> None:
    """The tick: what nobody rang for, and signed releases whose time has come; each minute also failed sign-ins that
    are forgotten, as they come without a success too; once a day also which tokens somebody should look at.
    """
    sweeping.unless_done(settings.HUB_POLL_TICK_SECONDS / 2)
    releasing.unless_done(settings.HUB_POLL_TICK_SECONDS / 2)
    tidying.unless_done(TIDY_SECONDS)
    reporting.unless_done(DAY_SECONDS)


@app.task(name="hub.poll", ignore_result=True, expires=5)
@keep_connections
def poll() -> None:
    """Read the streams that are due."""
    polling.unless_done(settings.HUB_POLL_TICK_SECONDS / 2)


@app.task(name="hub.seal", ignore_result=True, expires=5)
@keep_connections
def seal() -> None:
    """Seal what is committed: at the tick, and at once where something was signed or released."""
    seal_now()
