"""How an interface is doing, judged from what lies on it: a tone, a word and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from hub.models import Interface

OVERDUE = timedelta(minutes=15)
FAILING_STREAM = 3  # readings in a row
STANDINGS = ("Halted", "Failing", "Degraded", "Paused", "Quiet", "Healthy")


@dataclass(frozen=True, slots=True)
class Standing:
    """``tone`` is bad, warn, mute or ok; ``word`` names it and ``because`` is a sentence for a person."""

    tone: str
    word: str
    because: str


@dataclass
class Load:
    """What lies on one interface now."""

    backlog: int = 0
    oldest: datetime | None = None
    dead: int = 0
    in_doubt: int = 0
    retrying: int = 0
    quarantined: int = 0
    stream_failures: int = 0
    stream_sentence: str = ""

    @property
    def exceptions(self) -> int:
        return self.dead + self.in_doubt + self.quarantined


def standing_of(interface: Interface, load: Load, delivered: int) -> Standing:
    """The judgement, with the sentence that explains it."""
    control = interface.control
    if control.is_halted:
        return Standing(
            "bad", "Halted", f"The hub stopped it, because every record would fail: {control.paused_because}"
        )
    if control.paused_at:
        return Standing("mute", "Paused", f"{control.paused_by} paused it: {control.paused_because}")
    return _failing(load) or _degraded(load) or _quiet(load, delivered)


def _failing(load: Load) -> Standing | None:
    if load.stream_failures >= FAILING_STREAM:
        return Standing("bad", "Failing", f"The source cannot be read: {load.stream_sentence}")
    if load.oldest and timezone.now() - load.oldest > OVERDUE:
        return Standing("bad", "Failing", "Deliveries have been waiting for more than 15 minutes.")
    return None


def _degraded(load: Load) -> Standing | None:
    if load.in_doubt:
        return Standing("warn", "Degraded", f"{_deliveries(load.in_doubt)} in doubt.")
    if load.exceptions:
        return Standing("warn", "Degraded", f"{load.exceptions} {_plural(load.exceptions, 'exception')} to be decided.")
    if load.retrying:
        return Standing("warn", "Degraded", f"{_deliveries(load.retrying)} waiting for another try.")
    if load.stream_failures:
        return Standing("warn", "Degraded", f"The last reading of the source failed: {load.stream_sentence}")
    return None


def _quiet(load: Load, delivered: int) -> Standing:
    if delivered or load.backlog:
        return Standing("ok", "Healthy", "Messages go through.")
    return Standing("mute", "Quiet", "Nothing has been delivered in the last 24 hours.")


def _deliveries(number: int) -> str:
    return f"{number} {'delivery is' if number == 1 else 'deliveries are'}"


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"
