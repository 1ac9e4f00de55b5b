"""The overview: five figures and three series, from the counts behind the health table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.selectors.watching import traffic
from hub.selectors.watching.interfaces import WORST_FIRST, Health
from hub.selectors.watching.traffic import Closed, Latency


@dataclass(frozen=True, slots=True)
class Figures:
    """What the five tiles say."""

    interfaces: int
    healthy: int
    words: tuple[tuple[str, str, int], ...]  # (tone, word, count), worst first, without the healthy ones
    delivered: int
    first_try: float | None
    latency: Latency
    backlog: int
    oldest: datetime | None
    oldest_on: str
    exceptions: int
    dead: int
    in_doubt: int
    quarantined: int

    @property
    def first_try_percent(self) -> float:
        """Of what was delivered; 100 where nothing was."""
        return 100.0 if self.first_try is None else self.first_try * 100


@dataclass(frozen=True, slots=True)
class Series:
    """One value an hour over the last day."""

    hours: tuple[datetime, ...]
    delivered: tuple[int, ...]
    failed: tuple[int, ...]
    latencies: tuple[Latency, ...]
    backlog: tuple[int, ...]


def figures(rows: Sequence[Health], sample: Sequence[Closed]) -> Figures:
    """Add up the health table; ``sample`` is ``traffic.sample`` of the same interfaces."""
    words = Counter((row.standing.tone, row.standing.word) for row in rows if row.standing.tone != "ok")
    waiting = [(row.load.oldest, row.interface.label) for row in rows if row.load.oldest]
    oldest_at, oldest_on = min(waiting, default=(None, ""))
    return Figures(
        interfaces=len(rows),
        healthy=sum(row.standing.tone == "ok" for row in rows),
        words=tuple((*name, n) for name, n in sorted(words.items(), key=lambda one: WORST_FIRST.index(one[0][0]))),
        delivered=sum(row.delivered for row in rows),
        first_try=sum(one.attempts == 1 for one in sample) / len(sample) if sample else None,
        latency=traffic.latency([one.ms for one in sample]),
        backlog=sum(row.load.backlog for row in rows),
        oldest=oldest_at,
        oldest_on=oldest_on,
        exceptions=sum(row.load.exceptions for row in rows),
        dead=sum(row.load.dead for row in rows),
        in_doubt=sum(row.load.in_doubt for row in rows),
        quarantined=sum(row.load.quarantined for row in rows),
    )


def series(rows: Sequence[Health], sample: Sequence[Closed]) -> Series:
    """The last day, hour by hour."""
    keys, hours = [row.key for row in rows], traffic.hours()
    failed = traffic.failed_tries_by_hour(keys)
    milliseconds: dict[datetime, list[int]] = defaultdict(list)
    for one in sample:
        milliseconds[one.at.replace(minute=0, second=0, microsecond=0)].append(one.ms)
    return Series(
        hours=tuple(hours),
        delivered=tuple(sum(row.by_hour[i] for row in rows) for i in range(len(hours))),
        failed=tuple(failed.get(hour, 0) for hour in hours),
        latencies=tuple(traffic.latency(milliseconds[hour]) for hour in hours),
        backlog=tuple(traffic.backlog_by_hour(keys)),
    )
