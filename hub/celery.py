"""Celery: the doorbell of a grown hub. JSON only, no results, no events, no business time in eta or countdown."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_process_init, worker_process_shutdown, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

from django.conf import settings

from hub import telemetry
from hub.database import schema
from hub.flow.stopping import line
from hub.memory import settle_down

TICK = settings.HUB_POLL_TICK_SECONDS

app = Celery("hub")
app.conf.update(
    broker_url=settings.HUB_BROKER_URL or "memory://",
    task_default_queue="main",
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=False,
    worker_prefetch_multiplier=8,  # a bell or a tick that waits in the worker is no message
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=0.5,
    broker_transport_options={"socket_connect_timeout": 0.5, "socket_timeout": 5, "max_retries": 0},
    beat_schedule={
        "sweep": {"task": "hub.sweep", "schedule": TICK, "options": {"expires": 5}},
        "poll": {"task": "hub.poll", "schedule": TICK, "options": {"expires": 5}},
        "seal": {"task": "hub.seal", "schedule": settings.HUB_SEAL_SECONDS, "options": {"expires": 5}},
    },
    beat_scheduler="hub.beat:Ticker",
    worker_hijack_root_logger=False,
    imports=("hub.tasks",),
)


app.conf["CELERY_DB_REUSE_MAX"] = 1_000_000_000  # tasks; keep_connections heals a connection that died


def keep_connections(task: Callable[..., Any]) -> Callable[..., Any]:
    """Heal a database connection that died, before the task, and let what it prepares go by index.

    Celery's Django fix-up would close it after every task, which quarters the speed; ``CELERY_DB_REUSE_MAX`` keeps it,
    so that healing is our affair.
    """

    @functools.wraps(task)
    def healed(*args: Any, **kwargs: Any) -> Any:
        from django.db import close_old_connections

        from governance.rows import plan_by_index

        close_old_connections()
        plan_by_index()
        return task(*args, **kwargs)

    return healed


beat_init.connect(schema.end_where_it_does_not_fit, weak=False)


@worker_init.connect
def begin(**signal: Any) -> None:
    """In the worker itself, before it has processes."""
    schema.end_where_it_does_not_fit()
    telemetry.check()
    line.open()


@worker_process_init.connect
def ready(**signal: Any) -> None:
    """In each of a worker's processes, once it stands."""
    line.listen()
    telemetry.start("worker")
    settle_down()


@worker_shutting_down.connect
def end(**signal: Any) -> None:
    """SIGTERM: the processes hand back what they have not sent, instead of ending their turn first."""
    line.hang_up()


@worker_process_shutdown.connect
def leave(**signal: Any) -> None:
    """In each of a worker's processes, at its end."""
    telemetry.stop()
