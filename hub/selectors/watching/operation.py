"""What the metrics endpoint tells: the counts behind the console's overview, for every interface in use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from governance.ids import floor_of
from hub.flow.states import OPEN, MessageStatus
from hub.models import Interface, Message, StreamState
from hub.selectors.watching import traffic
from hub.selectors.watching.in_use import in_use


@dataclass
class Operation:
    """One interface. Times are moments, latencies milliseconds; counts of a day are those of the console's 24 hours."""

    key: str
    is_paused: bool
    is_halted: bool
    accepted: int = 0
    delivered: int = 0
    by_state: dict[str, int] = field(default_factory=lambda: dict.fromkeys(sorted(OPEN), 0))
    waiting: dict[str, int] = field(
        default_factory=lambda: {MessageStatus.RECEIVED.value: 0, MessageStatus.QUARANTINED.value: 0}
    )
    backlog: int = 0
    oldest: datetime | None = None
    latency: traffic.Latency = field(default_factory=lambda: traffic.Latency(None, None, None))
    last_success: datetime | None = None
    stream: StreamState | None = None

    def oldest_seconds(self, now: datetime) -> float:
        """How long the oldest of the backlog waits; 0 where nothing does."""
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0

    def add_backlog(self, row: dict[str, Any]) -> None:
        self.backlog += row["n"]
        self.oldest = min(filter(None, (self.oldest, row["oldest"])), default=None)


def operation() -> list[Operation]:
    """Every interface in use, by key, in a fixed number of queries."""
    rows = in_use(Interface.objects.all()).select_related("control").order_by("key")
    found = {one.key: Operation(one.key, one.control.paused_at is not None, one.control.is_halted) for one in rows}
    keys = list(found)
    _add_open(found, keys)
    _add_day(found, keys)
    for stream in StreamState.objects.filter(interface_key__in=keys):
        found[stream.interface_key].stream = stream
    return list(found.values())


def _add_open(found: dict[str, Operation], keys: list[str]) -> None:
    for row in traffic.open_by_state(keys):
        one = found[row["interface_key"]]
        one.by_state[row["state"]] = row["n"]
        if traffic.is_backlog(row["state"]):
            one.add_backlog(row)
    for row in traffic.waiting_messages(keys):
        one = found[row["interface_key"]]
        one.waiting[row["state"]] = row["n"]
        if row["state"] == MessageStatus.RECEIVED:
            one.add_backlog(row)


def _add_day(found: dict[str, Operation], keys: list[str]) -> None:
    for key, by_hour in traffic.delivered_by_hour(keys).items():
        found[key].delivered = sum(by_hour.values())
    for key, number in _accepted(keys):
        found[key].accepted = number
    for key, moment in traffic.last_success(keys).items():
        found[key].last_success = moment
    taken: dict[str, list[int]] = {}
    for closed in traffic.sample(keys):
        taken.setdefault(closed.interface_key, []).append(closed.ms)
    for key, milliseconds in taken.items():
        found[key].latency = traffic.latency(milliseconds)


def _accepted(keys: list[str]) -> Iterable[tuple[str, int]]:
    """Messages of the last 24 hours: a message's id begins with the time at which it was accepted."""
    first = floor_of(traffic.hours(timezone.now())[0])
    rows = Message.objects.filter(interface_key__in=keys, id__gte=first).values_list("interface_key").order_by()
    return rows.annotate(n=Count("id"))
