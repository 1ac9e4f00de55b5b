"""Tables partitioned by range of their UUIDv7 on PostgreSQL, plain ones on SQLite.

A month is a range of ids, since a UUIDv7 begins with its time. A default partition takes what no month covers, so
that a command that was not run loses nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.migrations.operations import CreateModel

from governance.ids import floor_of

PARTITIONED = (
    "hub_message", "hub_messagestate", "hub_messagestep", "hub_payload", "hub_attempt", "hub_exchange",
    "hub_closeddelivery",
)  # fmt: skip


class CreatePartitionedModel(CreateModel):
    """``CreateModel`` with PARTITION BY RANGE (id) and a default partition."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = plain + " PARTITION BY RANGE (id)"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = plain
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT")


def months_ahead(first: datetime, count: int) -> list[tuple[datetime, datetime]]:
    """``count`` months as (start, end), from the month of ``first``."""
    starts = []
    year, month = first.year, first.month
    for _ in range(count + 1):
        starts.append(datetime(year, month, 1, tzinfo=UTC))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return list(pairwise(starts))


def tables(connection: Any, cursor: Any) -> set[str]:
    """Names of all tables, the partitions among them: Django's own list of names leaves those out."""
    return {row.name for row in connection.introspection.get_table_list(cursor) if row.type in ("t", "p")}


def make_partitions(first: datetime, count: int) -> list[str]:
    """Make the monthly partitions that are missing, as the tables' owner; returns their names."""
    made = []
    with connection.cursor() as cursor:
        present = tables(connection, cursor)
        for start, end in months_ahead(first, count):
            for table in PARTITIONED:
                name = f"{table}_{start:%Y%m}"
                if name in present or _is_in_rest(cursor, table, start, end):
                    continue
                cursor.execute(
                    f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM (%s) TO (%s)",
                    [floor_of(start), floor_of(end)],
                )
                made.append(name)
    return made


def _is_in_rest(cursor, table: str, start: datetime, end: datetime) -> bool:
    """Whether the default partition holds rows of that month already; they stay there."""
    cursor.execute(
        f"SELECT EXISTS (SELECT 1 FROM {table}_rest WHERE id >= %s AND id < %s)",  # noqa: S608
        [floor_of(start), floor_of(end)],
    )
    return cursor.fetchone()[0]
