"""The steps of a message and of those that belong to it, across systems: receipts, tries, answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from governance.models import LedgerEntry
from hub.models import Attempt, ClosedDelivery, Delivery, InterfaceRelease, Message, MessageStep
from hub.permissions import readable_interfaces, visible_interfaces
from hub.selectors.record import trace
from hub.selectors.record.journey import Hop
from hub.selectors.story.step import Step

RELATED = 20  # messages of one correlation that are told


def together(user: Any, message: Message) -> list[Message]:
    """The message, what it was derived from and what was derived from it: of interfaces that the reader may see."""
    tied = Q(correlation_id=message.correlation_id) | Q(causation_id=message.id) | Q(id=message.causation_id)
    rows = Message.objects.filter(tied).exclude(id=message.id)
    rows = rows.filter(interface_key__in=visible_interfaces(user).values("key"))
    return [message, *rows.order_by("id")[:RELATED]]


def of_messages(user: Any, messages: Sequence[Message]) -> list[Step]:
    """All hops of these messages, veiled as their own pages are."""
    readable = readable_interfaces(user)
    return [step for one in messages for step in _of(one, may_read=one.interface_key in readable)]


def about(messages: Sequence[Message]) -> Q:
    """Which audit events belong to these messages."""
    ids = [one.id for one in messages]
    wanted = Q(subject_kind="message", subject_id__in=[str(one) for one in ids])
    wanted |= Q(subject_kind="delivery", subject_id__in=[str(one) for one in _deliveries(ids)])
    return wanted | Q(correlation_id__in={one.correlation_id for one in messages} - {""})


def _deliveries(ids: Sequence[UUID]) -> list[UUID]:
    tables: Any = (Delivery, ClosedDelivery)
    return [one for table in tables for one in table.objects.filter(message_id__in=ids).values_list("id", flat=True)]


def _of(message: Message, *, may_read: bool) -> list[Step]:
    found = trace.trace_of(message, may_read=may_read, with_values=False)
    steps = {(row.recorded_at, row.states): row for row in MessageStep.objects.filter(message_id=message.id)}
    batches = LedgerEntry.objects.in_bulk([row.ledger_entry_id for row in steps.values()], field_name="uid")
    releases = InterfaceRelease.objects.in_bulk({row.release_id for row in steps.values()})
    workers = dict(Attempt.objects.filter(message_id=message.id).values_list("recorded_at", "worker"))
    told = []
    for hop in found.hops:
        row = steps.get((hop.at, hop.what))
        batch = batches.get(row.ledger_entry_id) if row and row.ledger_entry_id else None
        release = releases.get(row.release_id) if row else None
        host = f"worker {workers[hop.at]}" if hop.kind == "try" and workers.get(hop.at) else ""
        told.append(_step(message, hop, batch, release, host, found.release))
    return told


def _step(message: Message, hop: Hop, batch: Any, release: Any, host: str, pinned: Any) -> Step:
    version = release or pinned
    line = f" (in batch line {batch.number})" if batch else ""
    return Step(
        at=hop.at,
        source="try" if hop.kind == "try" else "message",
        what=f"{_words(message, hop)}{line}",
        who=hop.who,
        why=hop.sentence,
        place=_place(message, hop),
        fingerprint=batch.fingerprint if batch else host,
        release=f"{message.interface_key} {version.version}" if version else "",
        correlation=message.correlation_id,
        page=("message", str(message.id)),
        tone=hop.tone,
    )


def _words(message: Message, hop: Hop) -> str:
    name = message.business_key or str(message.id)[-8:]
    if hop.kind == "try":
        return f"{name}: try {hop.number} of {hop.route} {hop.what.replace('_', ' ')}"
    return f"{name}: {hop.what.replace(',', ' → ').replace('_', ' ')}"


def _place(message: Message, hop: Hop) -> str:
    if hop.kind == "try":
        return hop.who
    return message.source_system if hop.kind == "received" else "Interlock"
