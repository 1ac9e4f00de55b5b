"""What the triggers on SQLite ask of a connection: only the application's own connections answer."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created

from governance.guard.sqlite import REFUSES
from governance.guard.transactions import told

_lifted: set[str] = set()  # names of databases whose guards the test runner took away


def connect() -> None:
    connection_created.connect(_prepare, dispatch_uid="governance.guard.connections")


def lift(database: str, *, is_lifted: bool) -> None:
    """For the test runner, which empties tables between tests: only a database named ``test_…`` or in memory."""
    if not (database.rpartition("/")[2].startswith("test_") or "mode=memory" in database):
        raise ValueError(f"The guards of {database!r} are not lifted: it is not a database of tests.")
    (_lifted.add if is_lifted else _lifted.discard)(database)


def _prepare(sender: Any, connection: Any, **signal: Any) -> None:
    if connection.vendor != "sqlite":
        return
    opened, name = connection.connection, str(connection.settings_dict["NAME"])
    opened.execute("PRAGMA recursive_triggers = ON")  # REPLACE removes rows: their triggers must see it
    opened.create_function("interlock_change", 0, lambda: told.get().change)
    opened.create_function("interlock_act", 0, lambda: told.get().act)
    opened.create_function(REFUSES, 0, lambda: int(name not in _lifted))
