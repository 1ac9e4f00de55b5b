"""T1: messages are accepted, or recognised as repeats, in one transaction for all that came together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from governance.actors import Actor
from governance.guard.transactions import write
from governance.ids import uuid7
from governance.rows import fetch_each, insert_new, insert_together
from hub.flow import vault
from hub.flow.problems import NO_PROBLEM, Problem
from hub.flow.states import MessageStatus
from hub.models import Inbox, KeyHead, Message, MessageState

BUCKETS = 1024

MESSAGE_COLUMNS = (
    "id", "interface_key", "kind", "event_type", "event_source", "idempotency_key", "business_key", "ordering_key",
    "sequence", "bucket", "correlation_id", "causation_id", "actor_id", "actor_name", "source_system", "occurred_at",
)  # fmt: skip
STATE_COLUMNS = (
    "id", "interface_key", "state", "ordering_key", "sequence", "release_id", "changed_at",
    "reason", "sentence", "error_field", "error_value", "error_rule",
)  # fmt: skip

ADVANCE = (
    f"INSERT INTO {KeyHead._meta.db_table} AS head (id, interface_key, ordering_key, last) VALUES {{values}} "  # noqa: S608
    "ON CONFLICT (interface_key, ordering_key) DO UPDATE SET last = head.last + excluded.last "
    "RETURNING interface_key, ordering_key, last"
)


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
    id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True, slots=True)
class Accepted:
    """``is_duplicate``: answered as the first was. ``is_conflict``: the same key came with other content."""

    message_id: UUID
    correlation_id: str
    is_duplicate: bool = False
    is_conflict: bool = False


def receive(incoming: Sequence[Incoming]) -> list[Accepted]:
    """Accept messages; one answer each, in order. Either all that are new stand in the database, or none does."""
    with write():
        return receive_within(incoming)


def receive_within(incoming: Sequence[Incoming]) -> list[Accepted]:
    """The same inside a transaction that the caller opened (a page and its checkpoint)."""
    macs = {item.id: vault.content_mac(item.content or item.body) for item in incoming}
    fresh_ids = _enter_inbox(incoming, macs)
    fresh = [item for item in incoming if item.id in fresh_ids]
    _write(fresh, _numbers(fresh))
    repeats = _answer_repeats([item for item in incoming if item.id not in fresh_ids], macs)
    return [repeats.get(item.id) or Accepted(item.id, _correlation(item)) for item in incoming]


def _enter_inbox(incoming: Sequence[Incoming], macs: dict[UUID, bytes]) -> set[UUID]:
    """In the order of the keys, or two groups that share keys would deadlock."""
    ordered = sorted(incoming, key=lambda item: (item.interface_key, item.idempotency_key, item.id))
    rows = [(item.id, item.interface_key, item.idempotency_key, macs[item.id], 0) for item in ordered]
    columns = ("id", "interface_key", "idempotency_key", "content_mac", "duplicates")
    return insert_new(Inbox, columns, rows)


def _numbers(fresh: Sequence[Incoming]) -> dict[UUID, int]:
    """The next number of each ordering key, under its row lock: the order is the commit order."""
    wanted = Counter((item.interface_key, item.ordering_key) for item in fresh if item.ordering_key)
    if not wanted:
        return {}
    heads = _advance(sorted(wanted.items()))
    following = {key: heads[key] - count for key, count in wanted.items()}
    numbers = {}
    for item in fresh:
        if item.ordering_key:
            following[item.interface_key, item.ordering_key] += 1
            numbers[item.id] = following[item.interface_key, item.ordering_key]
    return numbers


def _advance(wanted: list[tuple[tuple[str, str], int]]) -> dict[tuple[str, str], int]:
    rows = [(uuid7(), interface, key, count) for (interface, key), count in wanted]
    return {(interface, key): last for interface, key, last in fetch_each(ADVANCE, rows)}


def _write(fresh: Sequence[Incoming], numbers: dict[UUID, int]) -> None:
    if not fresh:
        return
    now = timezone.now()
    insert_together(
        (Message, MESSAGE_COLUMNS, [_message_row(item, numbers.get(item.id, 0)) for item in fresh]),
        vault.rows([_payload(item) for item in fresh]),
        (MessageState, STATE_COLUMNS, [_state_row(item, numbers.get(item.id, 0), now) for item in fresh]),
    )


def _message_row(item: Incoming, number: int) -> tuple:
    return (
        item.id, item.interface_key, item.kind, item.event_type, item.event_source, item.idempotency_key,
        item.business_key, item.ordering_key, number, bucket_of(item.ordering_key), _correlation(item),
        item.causation_id, item.actor.id, item.actor.name, item.source_system, _in_utc(item.occurred_at),
    )  # fmt: skip


def _in_utc(moment: datetime | None) -> datetime | None:
    """A time at the end of year 9999 may have no UTC that a database could give back; it is then left out."""
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        return None


def _state_row(item: Incoming, number: int, now: datetime) -> tuple:
    state = MessageStatus.QUARANTINED if item.problem else MessageStatus.RECEIVED
    problem = item.problem.columns() if item.problem else NO_PROBLEM
    return (
        item.id,
        item.interface_key,
        str(state),
        item.ordering_key,
        number,
        item.release_id,
        now,
        *problem,
    )


def _payload(item: Incoming) -> vault.Sealed:
    return vault.sealed(
        item.body,
        message_id=item.id,
        interface_key=item.interface_key,
        stage="received",
        data_class=item.data_class,
        media_type=item.media_type,
    )


def _answer_repeats(repeats: Sequence[Incoming], macs: dict[UUID, bytes]) -> dict[UUID, Accepted]:
    """Each as the first one was answered, unless its content differs."""
    firsts = _firsts(repeats)
    answers, counted = {}, Counter[UUID]()
    for item in repeats:
        first_id, content_mac, correlation_id = firsts[item.interface_key, item.idempotency_key]
        same = content_mac == macs[item.id]
        counted[first_id] += same and item.counts_repeats
        answers[item.id] = Accepted(first_id, correlation_id, is_duplicate=same, is_conflict=not same)
    for first_id, times in sorted(counted.items()):  # in order, or two batches that share repeats would deadlock
        if times:
            Inbox.objects.filter(id=first_id).update(duplicates=F("duplicates") + times)
    return answers


def _firsts(repeats: Sequence[Incoming]) -> dict[tuple[str, str], tuple[UUID, bytes, str]]:
    """(interface, key) → (message id, MAC of its content, correlation id), two queries an interface."""
    found: dict[tuple[str, str], tuple[UUID, bytes, str]] = {}
    for interface in {item.interface_key for item in repeats}:
        keys = {item.idempotency_key for item in repeats if item.interface_key == interface}
        rows = Inbox.objects.filter(interface_key=interface, idempotency_key__in=keys)
        entered = {row.id: row for row in rows}
        said = dict(Message.objects.filter(id__in=list(entered)).values_list("id", "correlation_id"))
        for first_id, row in entered.items():
            found[interface, row.idempotency_key] = (first_id, bytes(row.content_mac), said[first_id])
    return found


def _correlation(item: Incoming) -> str:
    return item.correlation_id or str(item.id)


def bucket_of(ordering_key: str) -> int:
    """Fixed buckets, so that shards can be added without moving keys."""
    return int.from_bytes(hashlib.sha256(ordering_key.encode()).digest()[:4], "big") % BUCKETS if ordering_key else 0
