"""The messages that are to be prepared next: state locked, envelope and received bytes read in one look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from governance.rows import fetch, skip_locked, typed
from hub.models import Message, MessageState, Payload

OF_MESSAGE = (
    "id", "business_key", "idempotency_key", "ordering_key", "sequence", "bucket", "correlation_id", "source_system",
    "actor_name", "received_at",
)  # fmt: skip
OF_PAYLOAD = ("id", "key_id", "salt", "data", "digest", "size", "media_type")

# First the few rows that are taken, then what belongs to them: joined first, a long queue would be sorted each time.
NEXT = f"""
WITH mine AS MATERIALIZED (
    SELECT s.id, s.release_id FROM {MessageState._meta.db_table} s
    WHERE s.state = 'received' {{only}} ORDER BY s.id LIMIT %s{{lock}})
SELECT {", ".join(f"m.{name}" for name in OF_MESSAGE)}, {", ".join(f"p.{name}" for name in OF_PAYLOAD)}, mine.release_id
FROM mine
JOIN {Message._meta.db_table} m ON m.id = mine.id
JOIN {Payload._meta.db_table} p ON p.message_id = mine.id AND p.stage = 'received'
ORDER BY mine.id
"""  # noqa: S608 - names come from models


@dataclass(frozen=True, slots=True)
class Bytes:
    """The received payload's row, as far as opening it needs."""

    id: UUID
    key_id: UUID
    salt: bytes
    data: bytes | None
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A received message whose state row this transaction holds."""

    id: UUID
    business_key: str
    idempotency_key: str
    ordering_key: str
    sequence: int
    bucket: int
    correlation_id: str
    source_system: str
    actor_name: str
    received_at: datetime
    payload: Bytes
    release_id: UUID


def claim(limit: int, *, only: UUID | None = None) -> list[Claimed]:
    """Up to ``limit`` received messages in the order of their acceptance; they stay locked until the commit."""
    statement = NEXT.format(only="AND s.id = %s" if only else "", lock=skip_locked())
    rows = fetch(statement, [only, limit] if only else [limit])
    end = len(OF_MESSAGE)
    messages = typed(Message, OF_MESSAGE, [row[:end] for row in rows])
    payloads = typed(Payload, OF_PAYLOAD, [row[end:-1] for row in rows])
    releases = typed(MessageState, ("release_id",), [row[-1:] for row in rows])
    return [
        Claimed(*message, Bytes(*payload), *release)  # type: ignore[call-arg]
        for message, payload, release in zip(messages, payloads, releases, strict=True)
    ]
