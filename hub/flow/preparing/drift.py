"""Counts fields that arrive and that no rule names."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from governance.ids import uuid7
from governance.rows import fetch_each
from hub.models import Drift

LONGEST_PATH = 300


COUNT = (
    f"INSERT INTO {Drift._meta.db_table} AS d (id, interface_key, path, count, first_message_id, "  # noqa: S608
    "last_message_id, first_seen_at, last_seen_at) VALUES {values} "
    "ON CONFLICT (interface_key, path) DO UPDATE SET count = d.count + excluded.count, "
    "last_message_id = excluded.last_message_id, last_seen_at = excluded.last_seen_at RETURNING id"
)


def count(seen: Mapping[tuple[str, str], list[UUID]]) -> None:
    """Add to the counters, in the order of their keys (two batches would otherwise deadlock)."""
    now = timezone.now()
    rows = [
        (uuid7(), interface, path[:LONGEST_PATH], len(ids), min(ids), max(ids), now, now)
        for (interface, path), ids in sorted(seen.items())
    ]
    fetch_each(COUNT, rows)
