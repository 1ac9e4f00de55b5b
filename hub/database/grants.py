"""After a migration by the owner, the application's role gets what it needs of the tables and no more."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate

from hub.database.partitioning import tables

APPEND_ONLY = ("governance_auditevent", "governance_refusal", "governance_ledgerentry", "governance_revision",
               "governance_attestation", "governance_changeoperation", "hub_message", "hub_messagestep",
               "hub_attempt", "hub_closeddelivery", "hub_interfacerelease")  # fmt: skip


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
        for table in sorted(_append_only(tables(connection, cursor))):
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")


def _append_only(present: set[str]) -> set[str]:
    """History too, and the partitions of what is append-only: a grant on the parent does not speak for them."""
    history = {table for table in present if "_historical" in table}
    named = {table for table in present if table in APPEND_ONLY or table.rpartition("_")[0] in APPEND_ONLY}
    return history | named
