"""Whether this build and its database belong together: a build serves no schema but its own.

``/readyz`` says it, and the processes ask at their start: the web answers 503 to everything but ``/livez``, a worker
and beat end with the sentence. A database that does not answer yet is waited for: nothing is served unseen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson
import structlog
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.utils import Error as DatabaseError

log = structlog.get_logger(__name__)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]  # WSGI, PEP 3333

PAUSE_SECONDS = 1.0  # between two looks at a database that does not answer
NOT_SEEN = "The database does not answer, so that nobody knows yet whether it is that of this build."
BEHIND = "{count} not been applied; run `manage.py migrate`."
AHEAD = (
    "The database is ahead of this build: {names} was applied by a newer one. "
    "Start that build again, or restore the backup that was made before it."
)


def misfit() -> str:
    """A sentence where the database is behind or ahead of this build; "" where they belong together.

    Raises the database's own error where it does not answer.
    """
    loader = MigrationLoader(connection)
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    unknown = [name for name in unknown if name[0] in loader.migrated_apps]
    if unknown:
        return AHEAD.format(names=", ".join(".".join(name) for name in unknown))
    waiting = len(set(loader.graph.nodes) - set(loader.applied_migrations))  # a plan would not see a hole in the middle
    if waiting:
        return BEHIND.format(count="1 migration has" if waiting == 1 else f"{waiting} migrations have")
    from governance.guard import state as guards  # a worker imports this module before there are models

    return guards.misfit(connection)


def misfit_at_start() -> str | None:
    """``misfit`` for a process that starts; None where the database does not answer yet."""
    try:
        return misfit()
    except DatabaseError as error:
        log.warning("schema.not_looked_at", error=type(error).__name__)
        return None
    finally:
        connection.close()  # threads and forks begin with one of their own


def end_where_it_does_not_fit(**signal: Any) -> None:
    """For a worker and beat: nothing is claimed or sent under a schema of another build, or before it was looked at."""
    while (sentence := misfit_at_start()) is None:
        time.sleep(PAUSE_SECONDS)
    if sentence:
        raise SystemExit(sentence)


class Door:
    """The web's application once it is known whether the database is its own; until then 503, and one look a second.

    ``begin`` is called when it is known to be: whatever works on rows may start then.
    """

    def __init__(self, application: Application, begin: Callable[[], None]) -> None:
        self._application, self._begin = application, begin
        self._closed = refusing(NOT_SEEN, application)
        self._serves: Application | None = None
        self._asking, self._asked_at = threading.Lock(), -PAUSE_SECONDS
        self._ask()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._serves is None:
            self._ask()
        return (self._serves or self._closed)(environ, start_response)

    def _ask(self) -> None:
        if not self._asking.acquire(blocking=False):
            return
        try:
            if self._serves is None and time.monotonic() - self._asked_at >= PAUSE_SECONDS:
                self._decide(misfit_at_start())
                self._asked_at = time.monotonic()
        finally:
            self._asking.release()

    def _decide(self, sentence: str | None) -> None:
        if sentence is None:
            return
        if sentence:
            log.error("schema.not_served", sentence=sentence)
            self._serves = refusing(sentence, self._application)
        else:
            self._begin()
            self._serves = self._application


def refusing(sentence: str, probes: Application) -> Application:
    """An application that answers 503 with the sentence; only ``/livez`` is as ever."""
    problem = orjson.dumps({"title": "The hub does not serve.", "status": 503, "detail": sentence})
    readiness = orjson.dumps({"ready": False, "missing": [sentence], "degraded": []})

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        if path == "/livez":
            return probes(environ, start_response)
        body, media = (readiness, "application/json") if path == "/readyz" else (problem, "application/problem+json")
        start_response("503 Service Unavailable", [("Content-Type", media), ("Content-Length", str(len(body)))])
        return [body]

    return application
