"""T1 of a small group on PostgreSQL, in one statement: inbox, numbers, envelope, payload and state.

A transaction of several statements costs a door one round trip each, and at low load a group is one message. The
statement is a transaction by itself; a key that was there before leaves none of its rows behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from governance.guard.transactions import as_engine, write_one
from governance.ids import uuid7
from governance.rows import fetch
from hub.flow.intake.arrivals import Incoming
from hub.flow.vault import Sealed
from hub.models import Inbox, KeyHead, Message, MessageState, Payload

MESSAGE = (
    "id", "interface_key", "kind", "event_type", "event_source", "idempotency_key", "business_key", "ordering_key",
    "bucket", "correlation_id", "causation_id", "actor_id", "actor_name", "source_system", "occurred_at",
)  # fmt: skip
STATE = ("state", "release_id", "changed_at", "reason", "sentence", "error_field", "error_value", "error_rule")
PAYLOAD = ("id", "key_id", "salt", "data", "digest", "size", "media_type", "data_class", "retention_class")
OF_PAYLOAD = ", ".join(f"payload_{name}" for name in PAYLOAD)


def in_order(column: str) -> str:
    """As Python sorts texts: whatever the database's collation, all writers of shared keys take them in one order."""
    return f'{column} COLLATE "C"'


ACCEPT = f"""
WITH given ({", ".join(MESSAGE)}, {", ".join(STATE)}, {OF_PAYLOAD}, content_mac, head_id, place) AS (VALUES {{values}}),
entered AS (
    INSERT INTO {Inbox._meta.db_table} (id, interface_key, idempotency_key, content_mac, duplicates)
    SELECT id, interface_key, idempotency_key, content_mac, 0 FROM given WHERE {{as_engine}}
    ORDER BY {in_order("interface_key")}, {in_order("idempotency_key")}, id
    ON CONFLICT DO NOTHING RETURNING id),
fresh AS (SELECT given.* FROM given JOIN entered USING (id)),
head AS (
    INSERT INTO {KeyHead._meta.db_table} AS head (id, interface_key, ordering_key, last)
    SELECT (array_agg(head_id))[1], interface_key, ordering_key, count(*) FROM fresh WHERE ordering_key <> ''
    GROUP BY interface_key, ordering_key ORDER BY {in_order("interface_key")}, {in_order("ordering_key")}
    ON CONFLICT (interface_key, ordering_key) DO UPDATE SET last = head.last + excluded.last
    RETURNING interface_key, ordering_key, last),
numbered AS (
    SELECT fresh.*,
    COALESCE(head.last - count(*) OVER same_key + row_number() OVER (same_key ORDER BY place), 0) AS sequence
    FROM fresh LEFT JOIN head USING (interface_key, ordering_key)
    WINDOW same_key AS (PARTITION BY interface_key, ordering_key)),
message AS (
    INSERT INTO {Message._meta.db_table} ({", ".join(MESSAGE)}, sequence)
    SELECT {", ".join(MESSAGE)}, sequence FROM numbered),
payload AS (
    INSERT INTO {Payload._meta.db_table} (message_id, stage, {", ".join(PAYLOAD)})
    SELECT id, 'received', {OF_PAYLOAD} FROM numbered),
stands AS (
    INSERT INTO {MessageState._meta.db_table} (id, interface_key, ordering_key, sequence, {", ".join(STATE)})
    SELECT id, interface_key, ordering_key, sequence, {", ".join(STATE)} FROM numbered)
SELECT id FROM entered
"""  # noqa: S608 - names come from models
LARGEST = 8  # messages; each number of them is a statement of its own, which the server prepares


def accept(items: Sequence[tuple[Incoming, Sealed, bytes, Sequence[Any]]]) -> set[UUID]:
    """(message, its sealed body, the MAC of its content, its STATE columns) each; the ids of those that were new."""
    rows = [
        [*envelope(item), *stands, payload.row[0], *payload.row[4:], mac, uuid7(), place]
        for place, (item, payload, mac, stands) in enumerate(items)
    ]
    statement = ACCEPT.replace("{values}", _values(len(rows))).replace("{as_engine}", as_engine())
    with write_one():
        return {row[0] for row in fetch(statement, [value for row in rows for value in row])}


def envelope(item: Incoming) -> tuple[Any, ...]:
    """The columns of MESSAGE."""
    return (
        item.id, item.interface_key, item.kind, item.event_type, item.event_source, item.idempotency_key,
        item.business_key, item.ordering_key, item.bucket, item.correlation,
        item.causation_id, item.actor.id, item.actor.name, item.source_system, item.occurred_in_utc,
    )  # fmt: skip


@cache
def _values(count: int) -> str:
    """Placeholders for so many rows; the types of the first row are those of all."""
    fields: list[Any] = [
        *(Message._meta.get_field(name) for name in MESSAGE),
        *(MessageState._meta.get_field(name) for name in STATE),
        *(Payload._meta.get_field(name) for name in PAYLOAD),
        Inbox._meta.get_field("content_mac"),
        KeyHead._meta.get_field("id"),
    ]
    types = [*(_type(field) for field in fields), "int"]
    first = ", ".join(f"%s::{kind}" for kind in types)
    other = ", ".join(["%s"] * len(types))
    return ", ".join([f"({first})", *[f"({other})"] * (count - 1)])


def _type(field: Any) -> str:
    """Without a length: a cast would cut what an INSERT refuses."""
    return (field.db_type(connection) or "text").partition("(")[0]
