"""Readiness: what the hub needs to work, and a sentence for what is not there."""

from __future__ import annotations

import time

import orjson
from django.conf import settings
from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpResponse
from kombu import Connection as Broker

from governance.selectors.sealing import sealing
from hub.database.schema import misfit

KEPT_SECONDS = 5.0

_migrations: tuple[float, str] | None = None  # when looked at, and what was missing
_sealing: tuple[float, str] | None = None


def answer() -> HttpResponse:
    """503 with what is ``missing``; 200 otherwise, with what is ``degraded``: the door takes messages all the same."""
    missing = [sentence for sentence in (database_sentence(), _dispatcher()) if sentence]
    degraded = [sentence for sentence in (broker_sentence(), "" if missing else sealing_sentence()) if sentence]
    body = {"ready": not missing, "missing": missing, "degraded": degraded}
    return HttpResponse(orjson.dumps(body), status=503 if missing else 200, content_type="application/json")


def database_sentence() -> str:
    """Why the database cannot be worked with; "" where it can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return _waiting_migrations()
    except DatabaseError as error:
        connection.close()
        return f"The database does not answer ({type(error).__name__})."


def _waiting_migrations() -> str:
    """Looked at once in some seconds: reading the migrations costs more than anybody may make us pay at will."""
    global _migrations
    if _migrations is None or time.monotonic() - _migrations[0] > KEPT_SECONDS:
        _migrations = time.monotonic(), misfit()
    return _migrations[1]


def sealing_sentence() -> str:
    """Why the ledger is not sealed as it should be; messages are taken all the same. Looked at once in some seconds."""
    global _sealing
    if _sealing is None or time.monotonic() - _sealing[0] > KEPT_SECONDS:
        _sealing = time.monotonic(), sealing().sentence
    return _sealing[1]


def broker_sentence() -> str:
    """Without it nothing is delivered, but everything is accepted: a balancer must not turn senders away."""
    if settings.HUB_EMBEDDED:
        return ""
    try:
        with Broker(settings.HUB_BROKER_URL, connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception as error:  # each transport has its own family
        return (
            f"The broker does not answer ({type(error).__name__}). Messages are accepted and kept; "
            "they are delivered when it is back."
        )
    return ""


def _dispatcher() -> str:
    from hub.embedded import dispatcher

    if settings.HUB_EMBEDDED and not dispatcher.is_alive():
        return "The dispatcher thread is not running in this process."
    return ""
