"""``make bench-route``: HTTP in, validate, persist, map, HTTP out, persist the outcome; ours beside a peer.

Exit status 0: the floors of the design hold. 1: one does not. 2: a peer or service is missing.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import _evidence as evidence
from bench import _records as records
from bench import _report as report
from bench._load import CLIENTS, Refusal
from bench._measure import LOTS, Figures, Wrong, copy, measure, median
from bench._services import Missing
from bench._systems import Hub, Measured, Peer, TargetSystem, TunedPeer
from bench._target import Target

SECONDS_A_LOAD = 4.0
ROUNDS = 5
LEAST_SECONDS = 2.0
LONGEST = 360  # seconds, of the whole program
BATCH = 100
WARM_UP = {"interlock": 400, "celery-task-a-message": 60, "celery-task-a-message-tuned": 60}


class Route:
    """The systems at work, and what was measured of them by (system, load)."""

    def __init__(self, home: Path, seconds: float) -> None:
        self.seconds, self.runs = seconds, 0
        self.target_system = TargetSystem(home)
        self.hub = Hub(home)
        self.peers = (Peer(home), TunedPeer(home))
        self.found: dict[tuple[str, str], list[Figures]] = {}
        self.copied: list[float] = []
        self.evidence: list[float] = []
        self.rates: dict[tuple[str, str], float] = {}

    @property
    def systems(self) -> tuple[Measured, ...]:
        return (self.hub, *self.peers)

    def start(self) -> None:
        self.target_system.launch()
        self.target = Target(self.target_system.port)
        for system in self.systems:
            system.prepare(self.target.url)
            system.launch()

    def stop(self) -> None:
        """Each is stopped, even where another cannot be."""
        with ExitStack() as ends:
            ends.callback(self.target_system.stop)
            for system in self.systems:
                ends.callback(system.remove)

    def warm_up(self) -> None:
        """Caches, connections, and a first guess at each rate, so that every load lasts about as long."""
        for system in self.systems:
            for share in (1, 2):
                guess = self._load(system, "single", share * WARM_UP[system.name])
            self.rates[system.name, "single"] = guess.delivered
        self.rates[self.hub.name, "batch"] = self._load(self.hub, "batch", 2000).delivered

    def round(self) -> None:
        """Every load once, ours and the peers' next to each other."""
        for system in self.systems:
            self._keep(system, "single")
        self._keep(self.hub, "batch")
        self.copied.append(copy(self._name(), 8000, BATCH))
        self.evidence.append(evidence.copy(self.hub.database, BATCH))
        for system in self.systems:
            rate = median([one.delivered for one in self.found[system.name, "single"]])
            count = max(60, int(rate / 2 * self.seconds))
            figures = self._load(system, "single", count, pace=rate / 2)
            self.found.setdefault((system.name, "half"), []).append(figures)

    def hot_key(self) -> Figures:
        """Every message of one ordering key, told apart from the rest."""
        return self._load(self.hub, "batch", 200, lots=1)

    def _keep(self, system: Measured, load: str) -> None:
        count = int(self.rates[system.name, load] * self.seconds)
        least = CLIENTS * BATCH if load == "batch" else BATCH
        figures = self._load(system, load, max(count // BATCH * BATCH, least))
        self.rates[system.name, load] = figures.delivered
        self.found.setdefault((system.name, load), []).append(figures)

    def _load(self, system: Measured, load: str, count: int, *, pace: float = 0.0, lots: int = LOTS) -> Figures:
        events = records.events(self._name(), count, lots)
        lanes = self.hub.batches(events, BATCH) if load == "batch" else system.singles(events)
        return measure(system, self.target, events, lanes, pace=pace, is_ordered=system is self.hub)

    def _name(self) -> str:
        self.runs += 1
        return f"{os.getpid()}-{self.runs}"


@contextmanager
def running(seconds: float) -> Iterator[Route]:
    """Started, and stopped whatever happens."""
    with tempfile.TemporaryDirectory(prefix="interlock-bench-") as home:
        route = Route(Path(home), seconds)
        try:
            route.start()
            yield route
        except Exception:
            for system in (*route.systems, route.target_system):
                print(f"--- {system.name}\n{system.logs()}", file=sys.stderr)
            raise
        finally:
            signal.alarm(0)
            route.stop()


def _interrupted(number: int, frame: object) -> None:
    what = "It took longer than it may" if number == signal.SIGALRM else "It was stopped"
    raise Wrong(f"{what} ({signal.Signals(number).name}).")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", str(ROUNDS))))
    parser.add_argument("--seconds", type=float, default=SECONDS_A_LOAD, help="how long one load lasts, about")
    options = parser.parse_args()
    if options.seconds < LEAST_SECONDS:
        parser.error(
            f"--seconds is {options.seconds}; a load lasts {LEAST_SECONDS} s or more, its run-in is not counted."
        )
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _interrupted)
    signal.alarm(LONGEST)
    try:
        return _measured(options.rounds, options.seconds)
    except Missing as error:
        print(f"bench-route: missing, nothing was measured: {error}")
        return 2
    except (Wrong, Refusal) as error:
        print(f"bench-route: failed: {error}")
        return 1


def _measured(rounds: int, seconds: float) -> int:
    started = time.monotonic()
    with running(seconds) as route:
        route.warm_up()
        for _ in range(rounds):
            route.round()
        hot = route.hot_key()
    copies = report.Copies(route.copied, route.evidence)
    return report.say(route.found, copies, hot, rounds, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
