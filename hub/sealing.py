"""How the hub asks for sealing: an event for the thread of an embedded hub, a task for a worker."""

from __future__ import annotations

import threading

from django.conf import settings

from governance.ledger import bell

LANE = "main"

embedded = threading.Event()


def connect() -> None:
    bell.answer_with(ring)


def ring() -> None:
    """Ask for sealing at once: an event for the thread of an embedded hub, a task for a worker."""
    if settings.HUB_EMBEDDED:
        embedded.set()
        return
    from hub.tasks import seal as task

    task.apply_async(queue=LANE, expires=30, retry=False, ignore_result=True)
