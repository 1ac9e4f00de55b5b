"""One measurement: send a load, wait until every outcome is persisted, verify the effects, read clocks."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from bench import _load as load
from bench import _records as records
from bench import _services as services
from bench import _usage as usage
from bench._load import Call
from bench._records import Event
from bench._systems import Measured
from bench._target import Target

SETTLE_SECONDS = 60.0
RUN_IN_SECONDS = 0.5  # of a paced load: it begins with processes that sleep, which is no steady load
LOTS = 1000
COPY_TABLE = "CREATE TABLE copied (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), body jsonb NOT NULL)"


class Wrong(RuntimeError):
    """A message was lost, doubled or out of order: figures would mean nothing."""


@dataclass(frozen=True)
class Figures:
    """What one load came to. CPU in milliseconds a message, by part."""

    count: int
    delivered: float  # a second, until the last outcome was persisted
    accepted: float
    waits: tuple[float, ...]  # milliseconds from accepted to delivered, sorted; of a paced load after its run-in
    all_waits: tuple[float, ...]  # with the run-in
    cpu: dict[str, float]
    out_of_order: int

    @property
    def cpu_total(self) -> float:
        return sum(self.cpu.values())

    def wait(self, share: float) -> float:
        return _at(self.waits, share)

    def wait_with_run_in(self, share: float) -> float:
        return _at(self.all_waits, share)


def _at(waits: Sequence[float], share: float) -> float:
    return waits[min(len(waits) - 1, int(share * len(waits)))]


class Clocks:
    """CPU of a system and of its shares of PostgreSQL and Redis, between two looks."""

    def __init__(self, system: Measured, postgres: usage.Postgres) -> None:
        self.system, self.postgres = system, postgres
        self.before = self._now()

    def since(self, count: int) -> dict[str, float]:
        return {part: max(0.0, now - self.before[part]) * 1000 / count for part, now in self._now().items()}

    def _now(self) -> dict[str, float]:
        return {
            "processes": self.system.cpu(),
            "postgresql": self.postgres.seconds(),
            "redis": usage.of_redis(self.system.broker),
        }


def measure(
    system: Measured,
    target: Target,
    events: Sequence[Event],
    lanes: Sequence[Sequence[Call]],
    *,
    pace: float = 0.0,
    is_ordered: bool = True,
) -> Figures:
    """``pace`` is requests a second; 0 is as fast as the system answers.

    The waits of a paced load are counted after its run-in, everything else over the whole.
    """
    target.reset()
    with usage.Postgres(system.database) as postgres:
        clocks = Clocks(system, postgres)
        sent = load.run(system.port, lanes, pace=pace)
        seconds = (_await_outcomes(system, target, len(events)) - sent.began) / 1e9
        cpu = clocks.since(len(events))
    found = target.report()
    _verify(events, found, is_ordered)
    counts_from = sent.began + (RUN_IN_SECONDS * 1e9 if pace else 0)
    waits = {name: (found["at"][name] - at) / 1e6 for name, at in sent.accepted.items()}
    counted = (wait for name, wait in waits.items() if sent.accepted[name] >= counts_from)
    last_accepted = (max(sent.accepted.values()) - sent.began) / 1e9
    count = len(events)
    return Figures(
        count,
        count / seconds,
        count / last_accepted,
        tuple(sorted(counted)),
        tuple(sorted(waits.values())),
        cpu,
        found["out_of_order"],
    )


def _await_outcomes(system: Measured, target: Target, count: int) -> int:
    """The moment at which the last outcome was seen in the database."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        if target.count() >= count and system.settled():
            return time.monotonic_ns()
        time.sleep(0.02)
    raise Wrong(f"{system.name}: {target.count()} of {count} delivered after {SETTLE_SECONDS:.0f} s.")


def _verify(events: Sequence[Event], found: dict, is_ordered: bool) -> None:
    missing = {event.reference for event in events} ^ set(found["at"])
    if missing or found["repeats"] or (is_ordered and found["out_of_order"]):
        said = f"{len(missing)} lost or unknown, {found['repeats']} twice, {found['out_of_order']} out of order"
        raise Wrong(f"At the target: {said}.")


def copy(run: str, count: int, size: int) -> float:
    """Rows a second of COPY of the same bytes into a bare table with a key, ``size`` a commit, one client."""
    bodies = [event.body.decode() for event in records.events(run, count, LOTS)]
    with psycopg.connect(services.url("hub_bench"), autocommit=True) as connection:
        connection.execute(COPY_TABLE)
        started = time.monotonic()
        for start in range(0, count, size):
            with connection.cursor().copy("COPY copied (body) FROM STDIN") as stream:
                for body in bodies[start : start + size]:
                    stream.write_row((body,))
        seconds = time.monotonic() - started
        connection.execute("DROP TABLE copied")
    return count / seconds


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
