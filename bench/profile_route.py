"""``python -m bench.profile_route``: where the CPU of the route goes, stage by stage, function by function.

The stages run in one process on PostgreSQL against the target of the measurement, once without a profiler for
the totals, once with it for the shares: a profiler makes small functions look dear.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import _records as records
from bench import _services as services
from bench._systems import Hub, TargetSystem

Stage = Callable[[], None]
SITE = "site-packages/"


class Stages:
    """The three steps of the route, each over ``count`` messages."""

    def __init__(self, token: str, count: int) -> None:
        from django.test import RequestFactory

        from hub.middleware import Intake

        self.count, self.run = count, 0
        self.request = RequestFactory(headers={"Authorization": f"Bearer {token}"})
        self.door = Intake(lambda request: None)  # type: ignore[arg-type, return-value]

    def singles(self) -> Stage:
        """One event a request."""
        bodies = [event.body for event in self._events()]
        return lambda: [self._post(body, Hub.media) for body in bodies] and None

    def batches(self) -> Stage:
        """100 events a request."""
        events = self._events()
        parts = [records.batch(events[start : start + 100]) for start in range(0, len(events), 100)]
        return lambda: [self._post(part, Hub.batch_media) for part in parts] and None

    def prepare(self) -> Stage:
        from hub.flow.preparing.prepare import prepare

        return lambda: _until_dry(prepare)

    def deliver(self) -> Stage:
        from hub.flow.sending.deliver import deliver

        return lambda: _until_dry(deliver)

    def _events(self) -> list[records.Event]:
        self.run += 1
        return records.events(f"{time.time_ns()}-{self.run}", self.count, 1000)

    def _post(self, body: bytes, media: str) -> None:
        response = self.door(self.request.post(Hub.path, body, content_type=media))
        assert response.status_code == 202, response.content


def _until_dry(step: Callable[[], int]) -> None:
    while step():
        pass


def _plain(stage: Stage, count: int) -> str:
    """CPU of this process and time by the clock, without the profiler."""
    cpu, clock = time.process_time(), time.perf_counter()
    stage()
    cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    return f"{cpu * 1e6 / count:.0f} µs CPU, {clock * 1e6 / count:.0f} µs by the clock a message"


def _profiled(stage: Stage, count: int, lines: int) -> list[str]:
    """Functions by cumulative time, with their own time, in µs a message."""
    profile = cProfile.Profile()
    profile.runcall(stage)
    found = pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    rows = sorted(((row[3], row[2], row[1], where) for where, row in found), reverse=True)
    return [
        f"{cumulative * 1e6 / count:9.0f} {own * 1e6 / count:8.0f} {calls / count:8.2f}  {_place(where)}"
        for cumulative, own, calls, where in rows[:lines]
    ]


def _place(where: tuple[str, int, str]) -> str:
    path, line, name = where
    short = path.rpartition(SITE)[2] if SITE in path else path.removeprefix(f"{services.ROOT}/")
    return f"{short}:{line} {name}" if line else name


def inside(token: str, count: int, lines: int) -> None:
    """In the process that has the hub's settings."""
    import django

    django.setup()
    stages = Stages(token, count)
    for step in (stages.singles, stages.prepare, stages.deliver):
        step()()  # warm
    order = [stages.singles, stages.prepare, stages.deliver, stages.batches, stages.prepare, stages.deliver]
    names = ["intake, one a request", "prepare", "deliver and settle", "intake, 100 a request"]
    for name, step in zip([*names, *names[1:3]], order, strict=True):
        print(f"plain     {name}: {_plain(step(), count)}")
    for name, step in zip(names, [*order[:3], stages.batches], strict=True):
        print(f"\n{name}\n  cumul. µs   own µs    calls  (a message, under the profiler)")
        print("\n".join(_profiled(step(), count, lines)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=45)
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options.inside, options.count, options.lines)
        return 0
    try:
        return _outside(["--count", str(options.count), "--lines", str(options.lines)])
    except services.Missing as error:
        print(f"profile-route: missing: {error}")
        return 2


def _outside(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="interlock-profile-") as home:
        target, hub = TargetSystem(Path(home)), Hub(Path(home))
        try:
            target.launch()
            hub.prepare(f"http://127.0.0.1:{target.port}")
            command = [sys.executable, "-m", "bench.profile_route", "--inside", hub.token, *arguments]
            return subprocess.run(command, cwd=services.ROOT, env=hub.environment, check=False).returncode
        finally:
            hub.remove()
            target.stop()


if __name__ == "__main__":
    sys.exit(main())
