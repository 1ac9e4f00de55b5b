"""After a migration by the owner, the application's role gets what it needs of the tables and no more."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.models.signals import post_migrate

from governance.guard import postgresql, rights, tables
from hub.database.partitioning import tables as tables_of

FILLED_BY_MIGRATIONS = ("django_migrations", *(model._meta.db_table for model in rights.FILLED))
TEMPORARY = (
    "The role {role} may make temporary tables in the database {database}, and {owner} may not forbid it. "
    "Let the owner of the database run: REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}"
)


def connect() -> None:
    post_migrate.connect(grant, dispatch_uid="hub.database.grants")


def grant(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """Runs once, after the hub's own migrations, which are the last."""
    if sender.name == "hub":
        grant_tables(connections[using])


def grant_tables(connection: Any) -> None:
    """Nothing on SQLite, or where the application owns its tables (development)."""
    role = settings.HUB_APPLICATION_ROLE
    if connection.vendor != "postgresql" or not role:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return
        name = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in sorted(_append_only(tables_of(connection, cursor))):
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")
        for table in FILLED_BY_MIGRATIONS:
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")
        cursor.execute(postgresql.CLOSE)
        _forbid_temporary_tables(connection, cursor, role)


def _forbid_temporary_tables(connection: Any, cursor: Any, role: str) -> None:
    """A table of its own would let the application hang triggers of its own on it. Raises ImproperlyConfigured."""
    quoted, name = connection.ops.quote_name, connection.settings_dict["NAME"]
    cursor.execute("SELECT current_user, pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = %s", [name])
    owner, is_allowed = cursor.fetchone()
    if is_allowed:
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {quoted(name)} FROM PUBLIC, {quoted(role)}")
    cursor.execute(postgresql.HAS_TEMPORARY, [role])
    if cursor.fetchone()[0]:
        raise ImproperlyConfigured(TEMPORARY.format(role=role, database=name, owner=owner))


def _append_only(present: set[str]) -> set[str]:
    """History too, and the partitions of what is append-only: a grant on the parent does not speak for them."""
    once = {one.table for one in tables.each() if one.is_append_only}
    history = {table for table in present if "_historical" in table}
    return history | {table for table in present if table in once or table.rpartition("_")[0] in once}
