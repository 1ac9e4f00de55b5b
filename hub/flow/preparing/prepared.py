"""What preparing a batch will write, and its writing: set-based, with the acceptance (T1) or the claim (T2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from governance.actors import ENGINE
from governance.ids import uuid7
from governance.ledger.record import entry_over
from governance.rows import Statement, Table, among, insert_together
from hub.flow import vault
from hub.flow.preparing import drift
from hub.flow.problems import NO_PROBLEM, Problem
from hub.flow.sending.lease import Sendable
from hub.flow.states import MessageStatus
from hub.models import Delivery, MessageState, MessageStep

DELIVERY_COLUMNS = (
    "id", "message_id", "interface_key", "route_key", "connection_key", "ordering_key", "sequence", "bucket", "zone",
    "release_id", "payload_id", "idempotency_key", "state", "created_at", "waits_for", "after", "due_at",
    "reason", "sentence", "error_field", "error_value", "error_rule", "attempts", "external_id", "external_url",
    "ask_first", "backoff_ms",
)  # fmt: skip
STEP_COLUMNS = (
    "id", "message_id", "step", "states", "actor_name", "sentence", "release_id", "ledger_entry_id",
)  # fmt: skip


@dataclass
class Prepared:
    """What a batch will write."""

    payloads: list[vault.Sealed] = field(default_factory=list)
    deliveries: list[tuple] = field(default_factory=list)
    moves: list[tuple[UUID, MessageStatus, Problem | None]] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    steps: list[tuple[UUID, str, str, UUID]] = field(default_factory=list)
    drift: dict[tuple[str, str], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    sendable: list[Sendable] = field(default_factory=list)

    def add(self, other: Prepared) -> None:
        """Take over what was prepared of one message."""
        self.payloads += other.payloads
        self.deliveries += other.deliveries
        self.moves += other.moves
        self.lines += other.lines
        self.steps += other.steps
        self.sendable += other.sendable
        for place, ids in other.drift.items():
            self.drift[place] += ids


def tables(batch: Prepared) -> list[Table]:
    """The rows that are new: ledger entry, payloads, deliveries, steps."""
    entry_id, entry = entry_over("prepared", batch.lines, {"messages": [str(move[0]) for move in batch.moves]})
    steps = [
        (uuid7(), message, "prepared", states, ENGINE.name, sentence, release, entry_id)
        for message, states, sentence, release in batch.steps
    ]
    return [
        entry,
        vault.rows(batch.payloads),
        (Delivery, DELIVERY_COLUMNS, batch.deliveries),
        (MessageStep, STEP_COLUMNS, steps),
    ]


def write_down(batch: Prepared) -> None:
    """T2: what is new, and where the claimed messages stand now."""
    insert_together(*tables(batch), updates=_moves(batch.moves))
    drift.count(batch.drift)


def _moves(moves: Sequence[tuple[UUID, MessageStatus, Problem | None]]) -> list[Statement]:
    """Locked states move on, those that go the same way together."""
    alike: dict[tuple[MessageStatus, tuple[str, ...]], list[UUID]] = defaultdict(list)
    for message_id, state, problem in moves:
        alike[state, tuple(problem.columns()) if problem else NO_PROBLEM].append(message_id)
    return [_setting(ids, state, problem) for (state, problem), ids in alike.items()]


def _setting(ids: list[UUID], state: MessageStatus, problem: tuple[str, ...]) -> Statement:
    these, values = among("id", ids)
    return (
        f"UPDATE {MessageState._meta.db_table} SET state = %s, changed_at = %s, reason = %s, sentence = %s, "  # noqa: S608
        f"error_field = %s, error_value = %s, error_rule = %s WHERE {these}",
        [str(state), timezone.now(), *problem, *values],
    )
