"""T4: outcomes become rows."""

from __future__ import annotations

import os
import socket
from collections import defaultdict
from collections.abc import Container, Sequence
from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from connectors.records import Receipt
from governance.guard.transactions import write
from governance.ids import uuid7
from governance.ledger.record import entry_over
from governance.rows import Table, insert_together
from hub.flow.problems import NO_PROBLEM, text
from hub.flow.sending import closing, exchanges
from hub.flow.sending.judgement import Decision, Outcome, decide
from hub.flow.sending.lease import Held
from hub.flow.states import NEVER, DeliveryStatus, Reason
from hub.models import Attempt, Delivery

log = structlog.get_logger(__name__)

CONFIRMED = DeliveryStatus.CONFIRMED
WORKER = f"{socket.gethostname()}:{os.getpid()}"

ATTEMPT_COLUMNS = (
    "id", "delivery_id", "message_id", "number", "outcome", "sentence", "detail", "status", "ms", "sent_digest",
    "worker",
)  # fmt: skip


def settle(outcomes: Sequence[Outcome], token: UUID) -> None:
    """Write the outcomes whose lease still holds, in one transaction; a late writer changes nothing."""
    settle_together([(outcomes, token)])


def settle_together(batches: Sequence[tuple[Sequence[Outcome], UUID]]) -> None:
    """The same for the outcomes of several leases.

    Where they cannot be written together, each is written alone: one of them must not cost the others their word.
    What cannot be written at all keeps its lease, runs out and is in doubt.
    """
    single = [(outcome, token) for outcomes, token in batches for outcome in outcomes]
    if not single:
        return
    try:
        _settle(single)
    except OperationalError:
        raise  # the database, not an outcome
    except (DatabaseError, ValueError, OverflowError):
        log.exception("settle.failed", deliveries=[str(outcome.delivery.id) for outcome, _ in single])
        if len(single) > 1:
            for outcome, token in single:
                settle([outcome], token)


def _settle(outcomes: Sequence[tuple[Outcome, UUID]]) -> None:
    decided = [(outcome, decide(outcome), token) for outcome, token in outcomes]
    with write():
        gone = _take([(one.delivery.id, token) for one, what, token in decided if what.state == CONFIRMED])
        kept = [
            (outcome, decision)
            for outcome, decision, token in decided
            if outcome.delivery.id in gone or (decision.state != CONFIRMED and _move(outcome, decision, token))
        ]
        lines = [_line(outcome, decision) for outcome, decision in kept]
        receipts = {one.delivery.id: one.result for one, _ in kept if isinstance(one.result, Receipt)}
        entry_id, entry = entry_over("settled", lines, {"deliveries": [str(one.delivery.id) for one, _ in kept]})
        mine = {outcome.delivery.id for outcome, _ in kept}
        attempts = _attempts([outcome for outcome, _ in outcomes], mine)
        insert_together(entry, attempts, *closing.confirm(gone, receipts, entry_id))
    _halt([outcome for outcome, _ in kept if outcome.halts])


def _take(confirmed: Sequence[tuple[UUID, UUID]]) -> dict[UUID, closing.Row]:
    """(delivery, lease) each: those that are still ours leave the open ones, lease by lease."""
    leases: dict[UUID, list[UUID]] = defaultdict(list)
    for delivery_id, token in confirmed:
        leases[token].append(delivery_id)
    return {id_: row for token, ids in leases.items() for id_, row in closing.take(ids, token).items()}


def _attempts(outcomes: Sequence[Outcome], mine: Container[UUID]) -> Table:
    """Also those of a worker that had lost its lease, as "late": what reached a target leaves a trace."""
    rows = []
    for outcome in outcomes:
        attempt_id, error, last = (
            uuid7(),
            outcome.result,
            outcome.exchanges[-1] if outcome.exchanges else None,
        )
        failed = not isinstance(error, Receipt)
        rows.append(
            (
                attempt_id,
                outcome.delivery.id,
                outcome.delivery.message_id,
                outcome.delivery.attempts + 1,
                outcome.word if outcome.delivery.id in mine else "late",
                text(error, 2000) if failed else "",
                text(getattr(error, "detail", ""), 4000),
                last.status if last else 0,
                outcome.milliseconds,
                outcome.delivery.payload.digest,
                WORKER,
            )
        )
        if outcome.exchanges and (failed or outcome.release.is_tapped):
            exchanges.keep(attempt_id, outcome.delivery.message_id, outcome.release, outcome.exchanges)
    return Attempt, ATTEMPT_COLUMNS, rows


def _move(outcome: Outcome, decision: Decision, token: UUID) -> bool:
    """The delivery stays open. False where the lease was lost."""
    wait = decision.wait
    reason, sentence, field, value, rule = decision.problem.columns() if decision.problem else NO_PROBLEM
    in_doubt = decision.state is DeliveryStatus.IN_DOUBT
    mine = Delivery.objects.filter(id=outcome.delivery.id, lease=token)
    moved = mine.update(
        state=decision.state,
        due_at=NEVER if wait is None else timezone.now() + wait,
        backoff_ms=round(wait.total_seconds() * 1000) if wait else outcome.delivery.backoff_ms,
        attempts=outcome.delivery.attempts + (0 if outcome.halts else 1),
        ask_first=outcome.delivery.ask_first or in_doubt or outcome.perhaps_sent,
        lease=None,
        leased_until=None,
        reason=reason,
        sentence=sentence,
        error_field=field,
        error_value=value,
        error_rule=rule,
    )
    return bool(moved)


def bury(delivery: Held, token: UUID, error: Exception) -> None:
    """Dead without a try: our own fault keeps it from being sent at all."""
    sentence = f"The release of this delivery cannot be read ({type(error).__name__}); this is a fault of the hub."
    with write():
        mine = Delivery.objects.filter(id=delivery.id, lease=token)
        mine.update(
            state=DeliveryStatus.IN_DOUBT if delivery.ask_first else DeliveryStatus.DEAD,
            due_at=NEVER,
            lease=None,
            leased_until=None,
            reason=Reason.INTERNAL,
            sentence=sentence,
        )


def _halt(outcomes: Sequence[Outcome]) -> None:
    """Every record would fail: pause the interface, once, with the sentence."""
    from hub.flow.control import halt

    for key, sentence in {one.delivery.interface_key: str(one.result) for one in outcomes}.items():
        halt(interface_key=key, because=sentence)


def _line(outcome: Outcome, decision: Decision) -> bytes:
    delivery, release = outcome.delivery, outcome.release
    parts = (delivery.message_id, delivery.id, delivery.payload.digest, release.digest, decision.state)
    return "|".join(map(str, parts)).encode()
