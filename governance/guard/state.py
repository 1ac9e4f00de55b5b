"""Which guards a database has: whether they are those of this build, and whether somebody touched them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from governance.guard import pending, postgresql, sqlite, tables

MISSING = "The guards of the database are not those of this build ({what}); run `manage.py migrate`."
HAS_TABLES_OF_ITS_OWN = """
SELECT has_database_privilege(current_database(), 'TEMPORARY')
AND NOT has_table_privilege(to_regclass(%s), 'TRUNCATE')
"""  # who may empty the ledger owns it, and is asked nothing
POSTGRESQL_TRIGGERS = f"""
SELECT c.relname, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid), t.oid::text || '.' || t.xmin::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgname LIKE '{postgresql.PREFIX}%' AND c.relnamespace = current_schema()::regnamespace
ORDER BY 1, 2
"""
POSTGRESQL_FUNCTIONS = f"""
SELECT proname, prosrc, coalesce(obj_description(oid, 'pg_proc'), ''), oid::text || '.' || xmin::text
FROM pg_proc WHERE proname LIKE '{postgresql.PREFIX}%' AND pronamespace = current_schema()::regnamespace ORDER BY 1
"""
SQLITE_TRIGGERS = (
    f"SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{sqlite.PREFIX}%' ORDER BY 2"
)
SQLITE_SUPPORT = (  # what makes a row without its history fail at COMMIT
    f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN ('{pending.TABLE}', '{pending.NEVER}')"
)


def wanted(connection: Any) -> list[str]:
    """The statements that install the guards of this build."""
    guarded = tables.each()
    return postgresql.statements(guarded) if connection.vendor == "postgresql" else sqlite.statements(guarded)


def _sha256(texts: Sequence[str]) -> str:
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()


NONE = f"sha256:{_sha256([])}/"  # of a database without guards, which has no mark either: nothing could be switched off


def source_hash(connection: Any) -> str:
    """SHA-256, hex, of what this build would install."""
    return _sha256(wanted(connection))


def build_mark(connection: Any) -> str:
    """What each function on PostgreSQL carries as its comment: the build, and the triggers as the catalogue has them.

    The catalogue writes a trigger in its own words, so that only what was installed can be compared with what stands.
    """
    ours = {table for one in tables.each() for table in (one.table, one.history)}
    triggers = [row for row in _rows(connection, POSTGRESQL_TRIGGERS) if row[0] in ours]  # partitions come and go
    return f"{source_hash(connection)} {_sha256([' '.join(row[:4]) for row in triggers])}"


def guard_state(connection: Any = None) -> str:
    """``sha256:hex/mark``: what is installed, and a mark that moves when a guard is switched off, even if on again.

    The mark is of the catalogue's own rows on PostgreSQL (their ``xmin``), the schema's version on SQLite.
    """
    definitions, mark = _catalogue(connection or _default())
    return f"sha256:{_sha256(definitions)}/{mark}"


def installed(connection: Any) -> list[str]:
    """The definitions of the guards that stand, of whichever build."""
    return _catalogue(connection)[0]


def misfit(connection: Any = None) -> str:
    """A sentence where the guards are not those of this build, or one is switched off; "" where all stand."""
    connection = connection or _default()
    found = _postgresql_misfit(connection) if connection.vendor == "postgresql" else _sqlite_misfit(connection)
    return MISSING.format(what=found) if found else ""


def _sqlite_misfit(connection: Any) -> str:
    found = {row[2] for row in _rows(connection, SQLITE_TRIGGERS)}
    ours = set(wanted(connection))
    if missing := sorted(ours - found):
        return f"{len(missing)} missing or altered, the first is {missing[0].split()[2]}"
    if found - ours:
        return f"{len(found - ours)} of them unknown"
    held = {row[0] for row in _rows(connection, SQLITE_SUPPORT)}
    remade = [one for one in sqlite.SUPPORT if one.replace("IF NOT EXISTS ", "") not in held]
    return f"the table {remade[0].split()[5]} was remade" if remade else ""


def _postgresql_misfit(connection: Any) -> str:
    functions = _rows(connection, POSTGRESQL_FUNCTIONS)
    triggers = _rows(connection, POSTGRESQL_TRIGGERS)
    if not functions or {row[2].partition(" ")[0] for row in functions} != {source_hash(connection)}:
        return "they are missing, or of another build"
    bodies = {statement.partition("$guard$")[2].rpartition("$guard$")[0] for statement in wanted(connection)}
    if altered := [row[0] for row in functions if row[1] not in bodies]:
        return f"the function {altered[0]} was altered"
    if off := [row for row in triggers if row[2] != "A"]:
        return f"the trigger {off[0][1]} of {off[0][0]} is switched off"
    here = {(row[0], row[1]) for row in triggers}
    names = {_place(statement) for statement in wanted(connection) if statement.startswith("ALTER TABLE")}
    if missing := sorted(names - here):
        return f"the trigger {missing[0][1]} of {missing[0][0]} is missing"
    if {row[2] for row in functions} != {build_mark(connection)}:
        return "a trigger was exchanged for another one of its name"
    if _rows(connection, HAS_TABLES_OF_ITS_OWN, [postgresql.LEDGER])[0][0]:
        return "the role of the application may make temporary tables, and triggers of its own on them"
    return ""


def _place(statement: str) -> tuple[str, str]:
    """Table and trigger of ``ALTER TABLE public.t ENABLE ALWAYS TRIGGER x``."""
    words = statement.split()
    return words[2].partition(".")[2], words[-1]


def _catalogue(connection: Any) -> tuple[list[str], str]:
    if connection.vendor == "postgresql":
        triggers, functions = _rows(connection, POSTGRESQL_TRIGGERS), _rows(connection, POSTGRESQL_FUNCTIONS)
        definitions = [" ".join(map(str, row[:-1])) for row in [*triggers, *functions]]
        return definitions, _sha256([str(row[-1]) for row in [*triggers, *functions]])[:16]
    definitions = [str(row[2]) for row in _rows(connection, SQLITE_TRIGGERS)]
    return definitions, str(_rows(connection, "PRAGMA schema_version")[0][0])


def _rows(connection: Any, statement: str, values: Sequence[Any] | None = None) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _default() -> Any:
    from django.db import connection

    return connection
