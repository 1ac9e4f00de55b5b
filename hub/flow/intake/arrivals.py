"""A message on its way in: as a door hands it over, as it entered, and as it is answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from governance.actors import Actor
from governance.ids import uuid7
from hub.flow import vault
from hub.flow.preparing.claim import Bytes, Claimed
from hub.flow.problems import Problem

BUCKETS = 1024


@dataclass(slots=True)
class Incoming:
    """One message at the door. ``problem`` set means: it is stored in quarantine with that sentence."""

    interface_key: str
    release_id: UUID
    data_class: str
    idempotency_key: str
    body: bytes
    source_system: str
    actor: Actor
    business_key: str = ""
    ordering_key: str = ""
    event_type: str = ""
    event_source: str = ""
    occurred_at: datetime | None = None
    correlation_id: str = ""
    causation_id: UUID | None = None
    media_type: str = "application/json"
    kind: str = "business"
    problem: Problem | None = None
    counts_repeats: bool = True
    content: bytes = b""  # what a repeat must equal; the body where it is empty
    document: Any = None  # the decoded record, where the door may prepare it at once
    id: UUID = field(default_factory=uuid7)

    @property
    def correlation(self) -> str:
        """The sender's id for what belongs together, or that of the message."""
        return self.correlation_id or str(self.id)

    @property
    def bucket(self) -> int:
        """Fixed buckets of the ordering key, so that shards can be added without moving keys."""
        key = self.ordering_key
        return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % BUCKETS if key else 0

    @property
    def occurred_in_utc(self) -> datetime | None:
        """None also at the end of year 9999, where no database could give the UTC of some zones back."""
        try:
            return self.occurred_at.astimezone(UTC) if self.occurred_at else None
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class Entered:
    """A message that is new, with its number within its key and the time of its entry."""

    item: Incoming
    number: int
    at: datetime
    payload: vault.Sealed

    def claimed(self) -> Claimed:
        """As a worker would find it."""
        item, row = self.item, self.payload.row
        return Claimed(
            id=item.id,
            business_key=item.business_key,
            idempotency_key=item.idempotency_key,
            ordering_key=item.ordering_key,
            sequence=self.number,
            bucket=item.bucket,
            correlation_id=item.correlation,
            source_system=item.source_system,
            actor_name=item.actor.name,
            received_at=self.at,
            payload=Bytes(row[0], *row[4:10]),  # as in vault.COLUMNS
            release_id=item.release_id,
        )


@dataclass(frozen=True, slots=True)
class Accepted:
    """``is_duplicate``: answered as the first was. ``is_conflict``: the same key came with other content."""

    message_id: UUID
    correlation_id: str
    is_duplicate: bool = False
    is_conflict: bool = False
