"""Guards go before a migration that may remake their tables, and come back after it; both are lines of the ledger.

Such a line says how the guards were before and how they are since. It explains this change and no other: guards that
were off and on again before it stand between what the log last said of them and what the line says.

A row that a migration wrote without its history is found when the guards come back: the migration then fails with the
sentence that names it. A row from before there were guards gets the line that says how it was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from governance.errors import UngovernedWrite
from governance.fingerprint import fingerprint
from governance.guard import pending, postgresql, sqlite, tables
from governance.guard.found import differences, take_stock
from governance.guard.state import NONE, build_mark, guard_state, installed, misfit, source_hash, wanted
from governance.guard.transactions import MIGRATION, write

LAST_APP = "hub"  # the top floor: when its tables stand, all do
_before_migration: dict[str, str] = {}  # database → how its guards were when `migrate` began


def connect() -> None:
    pre_migrate.connect(_before, dispatch_uid="governance.guard.before")
    post_migrate.connect(_after, dispatch_uid="governance.guard.after")


def _before(sender: Any, using: str = "default", plan: Any = (), **signal: Any) -> None:
    """PostgreSQL keeps them: a migration that writes rows needs its change there, too."""
    if sender.name != LAST_APP or not plan:
        return
    if connections[using].vendor != "sqlite":
        _before_migration[using] = guard_state(connections[using])
    elif has_guards(connections[using]):
        drop(connections[using])


def _after(sender: Any, using: str = "default", **signal: Any) -> None:
    if sender.name != LAST_APP:
        return
    before = _before_migration.pop(using, "")  # a table that the migration removed took its guards along
    if misfit(connections[using]) and _is_complete(connections[using]):
        install(connections[using], before)


def install(connection: Any, before: str = "") -> None:
    """Put the guards of this build in place. Raises UngovernedWrite where rows changed without their history.

    ``before``: how they were when what ends here began; "" where it begins here.
    """
    if not misfit(connection):
        return
    with write(MIGRATION):
        before = before or guard_state(connection)
        _drop(connection)
        if wrong := differences(connection):
            raise UngovernedWrite(f"The guards are not installed: {' '.join(wrong)}")
        take_stock(connection)
        _execute(connection, wanted(connection))
        if connection.vendor == "postgresql":
            _name_functions(connection)
            _execute(connection, [postgresql.CLOSE])
            _cover(connection)
        note(connection, "installed", before, guard_state(connection))


def drop(connection: Any) -> None:
    """Take the guards away; the ledger says so first."""
    with write(MIGRATION):
        note(connection, "dropped", guard_state(connection), NONE)
        _drop(connection)


@contextmanager
def covering_partitions(connection: Any) -> Iterator[None]:
    """Partitions that are made within are guarded, and the ledger says that the guards grew; one transaction."""
    with write(MIGRATION):
        before = guard_state(connection)
        yield
        _cover(connection)
        after = guard_state(connection)
        if after != before:
            note(connection, "partitioned", before, after)


def _cover(connection: Any) -> None:
    """Put on partitions the trigger that they do not take from their table."""
    with connection.cursor() as cursor:
        cursor.execute(postgresql.UNCOVERED, [[one.table for one in tables.each()]])
        found = [row[0] for row in cursor.fetchall()]
    for table in found:
        _execute(connection, postgresql.of_partition(table))


def note(connection: Any, event: str, before: str, after: str) -> None:
    """A line of the ledger: guards were installed, dropped, or their tables grew a partition."""
    from governance.models import LedgerEntry

    content = {"event": event, "before": before, "state": after, "source": source_hash(connection)}
    LedgerEntry.objects.using(connection.alias).create(
        kind="guard", content=content, act=MIGRATION.act, fingerprint=fingerprint()
    )


def has_guards(connection: Any) -> bool:
    return bool(installed(connection))


def _drop(connection: Any) -> None:
    if connection.vendor == "postgresql":
        _execute(connection, [postgresql.DROP])
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{sqlite.PREFIX}%'")
        names = [row[0] for row in cursor.fetchall()]
    _execute(connection, [f'DROP TRIGGER "{name}"' for name in names])
    _execute(connection, [f"DROP TABLE IF EXISTS {name}" for name in (pending.TABLE, pending.NEVER)])
    _execute(connection, sqlite.SUPPORT)


def _name_functions(connection: Any) -> None:
    """Each function says of which build it is, and with which triggers it was installed."""
    made = build_mark(connection)
    names = [statement.split()[2] for statement in wanted(connection) if statement.startswith("CREATE FUNCTION")]
    _execute(connection, [f"COMMENT ON FUNCTION {name} IS '{made}'" for name in names])


def _is_complete(connection: Any) -> bool:
    """Whether all tables stand: after `migrate APP NUMBER` some may not."""
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        return all(
            one.table in present and set(one.columns) <= _columns(connection, cursor, one.table)
            for one in tables.each()
        )


def _columns(connection: Any, cursor: Any, table: str) -> set[str]:
    return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def _execute(connection: Any, statements: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
