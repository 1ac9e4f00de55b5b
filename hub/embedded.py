"""The embedded hub: four threads in the web process in the place of broker, worker and beat.

The dispatcher runs the same Celery tasks, through Celery's full tracer, when the bell rings; the sweeper ticks each
second, and so does the reader of the streams; the sealer seals the ledger. Bells carry nothing, so a restart loses
nothing.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from multiprocessing.util import Finalize

import structlog
from django.conf import settings
from django.db import close_old_connections, connections

from hub import sealing
from hub.flow import bell
from hub.flow.sending import clients
from hub.flow.stopping import stopping

log = structlog.get_logger(__name__)

PR_SET_PDEATHSIG = 1
JOIN_SECONDS = 10.0


class Dispatcher:
    """Starts, stops and knows its threads."""

    def __init__(self) -> None:
        self.stopping = stopping
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads, once a process; they stop before the interpreter does."""
        if self._threads:
            return
        works = {"dispatcher": self._dispatch, "sweeper": self._sweep, "reader": self._read, "sealer": self._seal}
        for name, target in works.items():
            thread = threading.Thread(target=target, name=f"hub-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._start_feeder()
        Finalize(self, self.stop, exitpriority=100)

    def stop(self) -> None:
        """Ask them to stop between two messages, and wait for them."""
        self.stopping.set()
        bell.embedded.set()
        sealing.embedded.set()
        for thread in self._threads:
            thread.join(JOIN_SECONDS)

    def is_alive(self) -> bool:
        return len(self._threads) == 4 and all(thread.is_alive() for thread in self._threads)

    def _start_feeder(self) -> None:
        """In a demonstration, records keep arriving in its systems."""
        if (settings.HUB_HOME / "demo" / "on").exists():
            from hub.demonstration import feeder

            feeder.start(self.stopping)

    def _dispatch(self) -> None:
        from hub.tasks import work

        bell.embedded.set()  # what an earlier process left
        while not self.stopping.is_set():
            bell.embedded.wait()
            bell.embedded.clear()
            if not self.stopping.is_set():
                self._run(work)
        self._leave()

    def _sweep(self) -> None:
        from hub.tasks import sweep

        self._tick(sweep)

    def _read(self) -> None:
        from hub.tasks import poll

        self._tick(poll)

    def _seal(self) -> None:
        from hub.tasks import seal

        while not self.stopping.is_set():
            sealing.embedded.wait(settings.HUB_SEAL_SECONDS)
            sealing.embedded.clear()
            if not self.stopping.is_set():
                self._run(seal)
        self._leave()

    def _tick(self, task) -> None:
        while not self.stopping.wait(settings.HUB_POLL_TICK_SECONDS):
            self._run(task)
        self._leave()

    def _run(self, task) -> None:
        result = task.apply(throw=False)
        if result.failed():
            log.error("task.failed", task=task.name, error=repr(result.result))
            close_old_connections()

    def _leave(self) -> None:
        clients.drop_all()
        connections.close_all()


dispatcher = Dispatcher()


def start_in_web_process() -> None:
    """Called by the WSGI module in the server's worker. Nothing where a broker is configured."""
    if not settings.HUB_EMBEDDED or os.environ.get("HUB_WITHOUT_DISPATCHER"):
        return
    die_with_parent()
    dispatcher.start()


def die_with_parent() -> None:
    """The server's worker would otherwise outlive a killed parent and share its port with the next start (Linux)."""
    if sys.platform == "linux" and os.getppid() != 1:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
