"""What one try of one delivery comes to: one ``match`` on the disposition decides what the delivery becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from connectors.base import Guarantee
from connectors.errors import Disposition, RateLimited, RecordRejected
from connectors.records import Heard, Receipt
from hub.flow.problems import Problem
from hub.flow.runtime import Running, RunningRoute
from hub.flow.sending import retry
from hub.flow.sending.lease import Held
from hub.flow.states import DeliveryStatus, Reason


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
