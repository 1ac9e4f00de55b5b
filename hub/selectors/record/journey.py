"""What a message's trace is made of: frozen, and JSON-able through ``dataclasses.asdict``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.selectors.record.origins import Origins

SUCCESSES = ("confirmed", "found", "asked")  # outcomes of a try


@dataclass(frozen=True, slots=True)
class Envelope:
    """The message as it was accepted, and where it stands."""

    id: UUID
    interface_key: str
    kind: str
    state: str
    reason: str
    sentence: str
    error_field: str
    error_value: str
    error_rule: str
    business_key: str
    ordering_key: str
    sequence: int
    idempotency_key: str
    event_type: str
    event_source: str
    correlation_id: str
    causation_id: UUID | None
    source_system: str
    received_from: str
    occurred_at: datetime | None
    received_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """What the message was handled with. ``pins`` are [kind, key, version, revision id, digest]."""

    number: int
    version: str
    digest: str
    change_number: str
    pins: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Try:
    """One try of one delivery."""

    id: UUID
    number: int
    outcome: str
    sentence: str
    detail: str
    status: int
    ms: int
    sent_digest: str
    at: datetime

    @property
    def is_good(self) -> bool:
        return self.outcome in SUCCESSES


@dataclass(frozen=True, slots=True)
class Wait:
    """What an open delivery waits for; ``message_id`` where that is an earlier message of its key."""

    sentence: str
    message_id: UUID | None = None
    business_key: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryTrace:
    """One route of the message: its tries, and the receipt that it brought back.

    ``values`` tells where each outgoing value came from; None where nothing was made, or they were not asked for.
    """

    id: UUID
    route: str
    connection: str
    state: str
    is_open: bool
    reason: str
    sentence: str
    error_field: str
    error_value: str
    error_rule: str
    attempts: tuple[Try, ...]
    idempotency_key: str
    external_id: str
    external_url: str
    created_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    has_payload: bool
    wait: Wait | None
    values: Origins | None


@dataclass(frozen=True, slots=True)
class Hop:
    """One line of the story. ``what`` is states or an outcome; ``tone`` is ok, warn, bad or mute."""

    at: datetime
    kind: str
    what: str
    who: str
    sentence: str
    tone: str
    route: str = ""
    number: int = 0
    ms: int | None = None
