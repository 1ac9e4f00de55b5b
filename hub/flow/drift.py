"""Counts fields that arrive and that no rule names."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import connection
from django.utils import timezone

from governance.ids import uuid7
from governance.rows import parameters
from hub.models import Drift

LONGEST_PATH = 300


def count(seen: Mapping[tuple[str, str], list[UUID]]) -> None:
    """Add to the counters, in the order of their keys (two batches would otherwise deadlock)."""
    if not seen:
        return
    now = timezone.now()
    rows = [
        (uuid7(), interface, path[:LONGEST_PATH], len(ids), min(ids), max(ids), now, now)
        for (interface, path), ids in sorted(seen.items())
    ]
    values = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Drift._meta.db_table} AS d (id, interface_key, path, count, first_message_id, "  # noqa: S608
            f"last_message_id, first_seen_at, last_seen_at) VALUES {values} "
            "ON CONFLICT (interface_key, path) DO UPDATE SET count = d.count + excluded.count, "
            "last_message_id = excluded.last_message_id, last_seen_at = excluded.last_seen_at",
            parameters([value for row in rows for value in row]),
        )
