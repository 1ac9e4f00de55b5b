"""Tables are emptied between tests: the guards let that happen on a database of tests, and on no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from governance.guard.connections import lift
from governance.guard.rights import FILLED
from governance.guard.transactions import MIGRATION, Told, write
from governance.models import LedgerEntry
from hub import roles
from hub.database.ownership import as_owner

EMPTYING = Told("emptying", '{"actor":"test"}')


KEPT = tuple(model._meta.db_table for model in FILLED)
LEDGER = LedgerEntry._meta.db_table


def empty_tables() -> None:
    """After a test that committed: nothing is left but what migrations fill, its lines of the ledger, and the roles."""
    with as_owner():
        with lifted(), write(EMPTYING), connection.cursor() as cursor:
            for statement in emptied():
                cursor.execute(statement)
        with write(MIGRATION):
            roles.ensure()


def emptied() -> list[str]:
    """What empties the tables that have rows, the ledger last, since each row that goes leaves a line there.

    TRUNCATE would make new files for each table and index that it names, which takes half a second.
    """
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {one})" for one in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        filled = {row[0] for row in cursor.fetchall()} - {*KEPT, LEDGER}
    kept = ", ".join(f"'{one}'" for one in KEPT)
    lines = f"DELETE FROM {LEDGER} WHERE table_name NOT IN ({kept})"
    return [*(f"DELETE FROM {one}" for one in sorted(filled)), lines]


@contextmanager
def lifted() -> Iterator[None]:
    """Within this block rows may be written past the guards, as who owns the tables of a database of tests."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('interlock.lifted', 'yes', false)")
            yield
            if connection.in_atomic_block:  # what is checked at COMMIT is checked while they are lifted
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SELECT set_config('interlock.lifted', '', false)")
        return
    name = str(connection.settings_dict["NAME"])
    lift(name, is_lifted=True)
    try:
        yield
    finally:
        lift(name, is_lifted=False)
