"""A rule of the review that only the hub knows: records that arrived long after they happened."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from governance.ids import floor_of
from governance.review.finding import Finding
from governance.review.rules import rule
from hub.models import Message, Run

LATE = timedelta(hours=24)
LONGEST_RUN = timedelta(hours=1)  # a reading that began before the period and brought in something of it


@rule("late", "Late entries", "A record arrived more than 24 hours after it happened, by its own account.")
def late(since: datetime, until: datetime) -> Iterator[Finding]:
    """What one reading of a stream brought in is one finding; what a system pushed is one each."""
    runs = _Runs(since, until)
    held: dict[UUID, Reading] = {}
    for row in _late_ones(since, until):
        run = runs.of(row)
        if run is None:
            yield _alone(row)
        else:
            held.setdefault(run, Reading(run, row)).take(row)
    for one in held.values():
        yield one.finding()


def _late_ones(since: datetime, until: datetime) -> Iterator[Message]:
    rows = Message.objects.filter(id__gte=floor_of(since), id__lt=floor_of(until), kind="business")
    late_ones = rows.filter(occurred_at__lt=F("received_at") - LATE).order_by("id")
    return late_ones.only("interface_key", "occurred_at", "received_at", "actor_id", "actor_name").iterator(500)


def _days(row: Message) -> int:
    return (row.received_at - row.occurred_at).days if row.occurred_at else 0


def _in_days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _alone(row: Message) -> Finding:
    return Finding(
        key=f"late:{row.id}",
        rule="late",
        score=min(60, 30 + _days(row)),
        sentence=f"A record of {row.interface_key} arrived {_in_days(_days(row))} after it happened.",
        at=row.received_at,
        actor_id=row.actor_id,
        actor=row.actor_name,
        record=("message", str(row.id)),
    )


@dataclass(slots=True)
class Reading:
    """Late records of one run of a stream; ``rows`` is a digest over all of them."""

    run: UUID
    first: Message
    last: Message | None = None
    count: int = 0
    days: set[int] = field(default_factory=set)
    rows: Any = field(default_factory=hashlib.sha256)

    def take(self, row: Message) -> None:
        self.count, self.last = self.count + 1, row
        self.days.add(_days(row))
        self.rows.update(row.id.bytes)

    def finding(self) -> Finding:
        if self.count == 1 or self.last is None:
            return _alone(self.first)
        least, most = min(self.days), max(self.days)
        days = f"{least} to {most} days" if least != most else _in_days(most)
        return replace(
            _alone(self.first),
            key=f"late:{self.run}:{self.rows.hexdigest()[:16]}",
            score=min(60, 30 + most),
            sentence=f"{self.count:,} records of {self.first.interface_key} that one reading of its stream brought in "
            f"arrived {days} after they happened.",
            record=("", ""),
            count=self.count,
            listed=("messages", self._filters(self.last)),
        )

    def _filters(self, last: Message) -> tuple[tuple[str, str], ...]:
        """Seconds of the list of messages, from the first of them to the last."""
        until = last.received_at + timedelta(seconds=1)
        return (
            ("interface", self.first.interface_key),
            ("since", f"{self.first.received_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"),
            ("until", f"{until.astimezone(UTC):%Y-%m-%d %H:%M:%S}"),
        )


class _Runs:
    """Which reading of its stream brought a record in: the last that began before it. Readings never overlap."""

    def __init__(self, since: datetime, until: datetime) -> None:
        rows = Run.objects.filter(started_at__gte=since - LONGEST_RUN, started_at__lt=until).order_by("started_at")
        self._began: dict[str, list[tuple[datetime, UUID]]] = {}
        for key, at, run in rows.values_list("interface_key", "started_at", "id"):
            self._began.setdefault(key, []).append((at, run))

    def of(self, row: Message) -> UUID | None:
        """None for what was pushed."""
        began = self._began.get(row.interface_key, [])
        place = bisect_right(began, row.received_at, key=lambda one: one[0])
        return began[place - 1][1] if place and row.actor_id == f"poll:{row.interface_key}" else None
