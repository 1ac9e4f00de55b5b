"""T4: outcomes become rows. One ``match`` on the disposition decides what each delivery becomes."""

from __future__ import annotations

import os
import socket
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from connectors.base import Guarantee
from connectors.errors import Disposition, RateLimited, RecordRejected
from connectors.records import Heard, Receipt
from governance.guard.transactions import write
from governance.ids import uuid7
from governance.ledger.record import record_batch
from governance.rows import insert
from hub.flow import closing, exchanges, retry
from hub.flow.lease import Held
from hub.flow.problems import NO_PROBLEM, Problem, text
from hub.flow.runtime import Running, RunningRoute
from hub.flow.states import NEVER, DeliveryStatus, Reason
from hub.models import Attempt, Delivery

log = structlog.get_logger(__name__)

CONFIRMED = DeliveryStatus.CONFIRMED
WORKER = f"{socket.gethostname()}:{os.getpid()}"

ATTEMPT_COLUMNS = (
    "id", "delivery_id", "message_id", "number", "outcome", "sentence", "detail", "status", "ms", "sent_digest",
    "worker",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one try came to. ``asked`` means that the receipt came from asking, not from sending."""

    delivery: Held
    release: Running
    route: RunningRoute
    result: Receipt | Exception
    asked: bool
    milliseconds: int
    exchanges: list[Heard]
    perhaps_sent: bool = False  # it failed in a way that says nothing, after the send had begun

    @property
    def halts(self) -> bool:
        return getattr(self.result, "disposition", None) is Disposition.HALT

    @property
    def word(self) -> str:
        """The outcome as the attempt's row says it."""
        if isinstance(self.result, Receipt):
            return "found" if self.asked else "confirmed"
        return str(getattr(self.result, "disposition", "internal"))


@dataclass(frozen=True, slots=True)
class Decision:
    """What a delivery becomes. ``wait`` of None means that it waits for a person."""

    state: DeliveryStatus
    wait: timedelta | None = None
    problem: Problem | None = None


def decide(outcome: Outcome) -> Decision:
    """The whole engine's judgement of one try."""
    error = outcome.result
    if isinstance(error, Receipt):
        return Decision(DeliveryStatus.CONFIRMED)
    match getattr(error, "disposition", None):
        case Disposition.RETRY:
            return _again(outcome)
        case Disposition.VERIFY:
            return _in_doubt(outcome)
        case Disposition.DEAD_LETTER if outcome.delivery.ask_first:
            return Decision(DeliveryStatus.IN_DOUBT, None, _problem(Reason.UNKNOWN_OUTCOME, error))
        case Disposition.DEAD_LETTER:
            return Decision(DeliveryStatus.DEAD, problem=_problem(Reason.REJECTED, error))
        case Disposition.HALT:
            return Decision(DeliveryStatus.RETRY_WAIT, timedelta(0), _problem(Reason.MISCONFIGURED, error))
    sentence = f"The connector failed in a way it must not ({type(error).__name__}); this is a fault of the hub."
    problem = Problem(Reason.INTERNAL, sentence)
    cannot_be_asked = outcome.perhaps_sent and outcome.route.unopened_sink().guarantee() is Guarantee.NONE
    if outcome.delivery.ask_first or cannot_be_asked:
        return Decision(DeliveryStatus.IN_DOUBT, None, problem)
    return Decision(DeliveryStatus.DEAD, problem=problem)


def _again(outcome: Outcome) -> Decision:
    delivery, policy, error = outcome.delivery, outcome.release.retry, outcome.result
    if _is_over(outcome) and delivery.ask_first:
        return Decision(DeliveryStatus.IN_DOUBT, None, Problem(Reason.UNKNOWN_OUTCOME, str(error)))
    if _is_over(outcome):
        sentence = f"Given up after {delivery.attempts + 1} tries. The last answer was: {error}"
        return Decision(DeliveryStatus.DEAD, problem=Problem(Reason.EXHAUSTED, sentence))
    asked_for = error.retry_after if isinstance(error, RateLimited) else None
    wait = retry.wait(policy, timedelta(milliseconds=delivery.backoff_ms), retry_after=asked_for)
    state = DeliveryStatus.IN_DOUBT if delivery.ask_first else DeliveryStatus.RETRY_WAIT
    return Decision(
        state, wait, Problem(Reason.UNKNOWN_OUTCOME if delivery.ask_first else Reason.EXHAUSTED, str(error))
    )


def _is_over(outcome: Outcome) -> bool:
    """Whether the release's retry policy gives up with this try."""
    now, delivery = timezone.now(), outcome.delivery
    first = delivery.first_tried_at or now
    return retry.is_exhausted(outcome.release.retry, attempts=delivery.attempts + 1, first_tried_at=first, now=now)


def _in_doubt(outcome: Outcome) -> Decision:
    """native sends again at once, probe asks once the target has settled, none waits for a person."""
    problem = Problem(Reason.UNKNOWN_OUTCOME, str(outcome.result))
    if _is_over(outcome):
        return Decision(DeliveryStatus.IN_DOUBT, None, problem)
    sink = outcome.route.unopened_sink()
    match sink.guarantee():
        case Guarantee.NATIVE:
            return Decision(DeliveryStatus.IN_DOUBT, _spaced(outcome, 0.0), problem)
        case Guarantee.PROBE:
            return Decision(DeliveryStatus.IN_DOUBT, _spaced(outcome, sink.settles_in), problem)
    return Decision(DeliveryStatus.IN_DOUBT, None, problem)


def _spaced(outcome: Outcome, settles_in: float) -> timedelta:
    """At once the first time; a target that never answers clearly is asked at the pace of the retry policy."""
    at_least = timedelta(seconds=settles_in)
    if outcome.delivery.attempts == 0:
        return at_least
    return max(at_least, retry.wait(outcome.release.retry, timedelta(milliseconds=outcome.delivery.backoff_ms)))


def _problem(reason: Reason, error: Exception) -> Problem:
    fields = error.field_errors if isinstance(error, RecordRejected) else {}
    field, rule = next(iter(fields.items()), ("", ""))
    return Problem(reason, str(error), field=field, rule=rule)


def settle(outcomes: Sequence[Outcome], token: UUID) -> None:
    """Write the outcomes whose lease still holds, in one transaction; a late writer changes nothing.

    Where they cannot be written together, each is written alone: one of them must not cost the others their word.
    What cannot be written at all keeps its lease, runs out and is in doubt.
    """
    if not outcomes:
        return
    try:
        _settle(outcomes, token)
    except OperationalError:
        raise  # the database, not an outcome
    except (DatabaseError, ValueError, OverflowError):
        log.exception("settle.failed", deliveries=[str(one.delivery.id) for one in outcomes])
        if len(outcomes) > 1:
            for outcome in outcomes:
                settle([outcome], token)


def _settle(outcomes: Sequence[Outcome], token: UUID) -> None:
    decided = [(outcome, decide(outcome)) for outcome in outcomes]
    with write():
        gone = closing.take([one.delivery.id for one, what in decided if what.state == CONFIRMED], token)
        kept = [
            (outcome, decision)
            for outcome, decision in decided
            if outcome.delivery.id in gone or (decision.state != CONFIRMED and _move(outcome, decision, token))
        ]
        lines = [_line(outcome, decision) for outcome, decision in kept]
        receipts = {one.delivery.id: one.result for one, _ in kept if isinstance(one.result, Receipt)}
        entry_id = record_batch("settled", lines, {"deliveries": [str(one.delivery.id) for one, _ in kept]})
        mine = {outcome.delivery.id for outcome, _ in kept}
        _write_attempts(outcomes, mine)
        closing.confirm(gone, receipts, entry_id)
    _halt([outcome for outcome, _ in kept if outcome.halts])


def _write_attempts(outcomes: Sequence[Outcome], mine: Container[UUID]) -> None:
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
    insert(Attempt, ATTEMPT_COLUMNS, rows)


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
