"""What the bell starts. Arguments are names of lanes; everything that matters is in rows."""

from __future__ import annotations

from hub.celery import app, keep_connections
from hub.flow import bell
from hub.flow.poll import poll_due
from hub.flow.sweep import sweep as look
from hub.flow.work import drain


@app.task(name="hub.work", ignore_result=True)
@keep_connections
def work(lane: str = bell.LANE) -> None:
    """Prepare and deliver until the lane is dry; rings again where its time was up."""
    if drain():
        bell.ring(lane)


@app.task(name="hub.sweep", ignore_result=True, expires=5)
@keep_connections
def sweep() -> None:
    """The tick: what nobody rang for."""
    look()


@app.task(name="hub.poll", ignore_result=True, expires=5)
@keep_connections
def poll() -> None:
    """Read the streams that are due."""
    poll_due()
