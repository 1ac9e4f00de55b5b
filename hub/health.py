"""Readiness: what the hub needs to work, and a sentence for what is not there."""

from __future__ import annotations

import orjson
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseError
from django.http import HttpResponse
from kombu import Connection as Broker


def answer() -> HttpResponse:
    """200 with what was looked at, or 503 with what is not ready."""
    missing = [sentence for sentence in (_database(), _broker(), _dispatcher()) if sentence]
    body = {"ready": not missing, "missing": missing}
    return HttpResponse(orjson.dumps(body), status=503 if missing else 200, content_type="application/json")


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        connection.close()
        return f"The database does not answer ({type(error).__name__})."
    return f"{len(waiting)} migrations have not been applied; run `manage.py migrate`." if waiting else ""


def _broker() -> str:
    if settings.HUB_EMBEDDED:
        return ""
    try:
        with Broker(settings.HUB_BROKER_URL, connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception as error:  # each transport has its own family
        return f"The broker does not answer ({type(error).__name__}); messages are accepted and will be found by beat."
    return ""


def _dispatcher() -> str:
    from hub.embedded import dispatcher

    if settings.HUB_EMBEDDED and not dispatcher.is_alive():
        return "The dispatcher thread is not running in this process."
    return ""
