"""Who is new, under which number, and what repeats are answered: each key once, its order that of the commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from governance.ids import uuid7
from governance.rows import as_time, as_uuid, fetch_each, now
from hub.flow.intake.arrivals import Accepted, Incoming
from hub.models import Inbox, KeyHead, Message

ENTER = (
    f"INSERT INTO {Inbox._meta.db_table} (id, interface_key, idempotency_key, content_mac, duplicates) "  # noqa: S608
    "VALUES {values} ON CONFLICT DO NOTHING RETURNING id, {now}"
)
ADVANCE = (
    f"INSERT INTO {KeyHead._meta.db_table} AS head (id, interface_key, ordering_key, last) VALUES {{values}} "  # noqa: S608
    "ON CONFLICT (interface_key, ordering_key) DO UPDATE SET last = head.last + excluded.last "
    "RETURNING interface_key, ordering_key, last"
)


def enter(incoming: Sequence[Incoming], macs: dict[UUID, bytes]) -> dict[UUID, datetime]:
    """Those that are new, and when they came by the clock of the database.

    In the order of the keys, or two groups that share keys would deadlock.
    """
    ordered = sorted(incoming, key=lambda item: (item.interface_key, item.idempotency_key, item.id))
    rows = [(item.id, item.interface_key, item.idempotency_key, macs[item.id], 0) for item in ordered]
    return {as_uuid(row[0]): as_time(row[1]) for row in fetch_each(ENTER.replace("{now}", now()), rows)}


def numbers(fresh: Sequence[Incoming]) -> dict[UUID, int]:
    """The next number of each ordering key, under the key's row lock: the order is the commit order."""
    wanted = Counter((item.interface_key, item.ordering_key) for item in fresh if item.ordering_key)
    if not wanted:
        return {}
    heads = _advance(sorted(wanted.items()))
    following = {key: heads[key] - count for key, count in wanted.items()}
    numbered = {}
    for item in fresh:
        if item.ordering_key:
            following[item.interface_key, item.ordering_key] += 1
            numbered[item.id] = following[item.interface_key, item.ordering_key]
    return numbered


def _advance(wanted: list[tuple[tuple[str, str], int]]) -> dict[tuple[str, str], int]:
    rows = [(uuid7(), interface, key, count) for (interface, key), count in wanted]
    return {(interface, key): last for interface, key, last in fetch_each(ADVANCE, rows)}


def answer_repeats(repeats: Sequence[Incoming], macs: dict[UUID, bytes]) -> dict[UUID, Accepted]:
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
