"""Checks of connections, run by a person from a page; the last one stands in the audit trail."""

from __future__ import annotations

import time
from typing import Any

from connectors.errors import ConnectorError
from connectors.models import Connection
from connectors.records import Health
from governance import audit
from governance.guard.context import change
from hub.flow.sending import clients

MS = 1000
LONGEST = 500  # characters of a sentence


def check(*, connection: Connection, by: Any, source: str = "console") -> Health:
    """Settings, reach, credentials and what is asked for; writes nothing there. The caller has checked the right."""
    started = time.monotonic()
    found = _asked(connection)
    spent = round((time.monotonic() - started) * MS)
    with change(by=by, reason="Looked whether the connection works.", source=source):
        audit.record(
            "connection.checked",
            subject=("connection", connection.key),
            ok=found.ok,
            outcome="It works." if found.ok else "It does not work.",
            says=found.message[:LONGEST],
            ms=spent,
        )
    return found


def _asked(connection: Connection) -> Health:
    try:
        return clients.build(connection.content).check()
    except ConnectorError as error:
        return Health(False, error.message)


audit.describe(connection__checked="{actor} checked the connection {subject}. {outcome}")
