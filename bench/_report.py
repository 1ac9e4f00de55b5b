"""Figures as JSON lines, the floors, and one line for a person."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench._measure import RUN_IN_SECONDS, Figures, median

OURS, PEER, TUNED = "interlock", "celery-task-a-message", "celery-task-a-message-tuned"
Found = Mapping[tuple[str, str], Sequence[Figures]]


@dataclass(frozen=True)
class Floor:
    """One promise of the design: ``value`` against ``floor``; ``at_most`` where less is better."""

    name: str
    value: float
    floor: float
    aim: float
    at_most: bool = False

    @property
    def holds(self) -> bool:
        return self.value <= self.floor if self.at_most else self.value >= self.floor

    def line(self) -> dict[str, object]:
        sign = "at most" if self.at_most else "at least"
        shown = {"value": round(self.value, 4), "floor": f"{sign} {self.floor:g}", "aim": self.aim}
        return {"floor_of": self.name, **shown, "holds": self.holds}


@dataclass(frozen=True)
class Copies:
    """A second: events into a bare table, and messages with all that the hub keeps of them (ADR 8)."""

    events: Sequence[float]
    evidence: Sequence[float]


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    model = next((line.partition(":")[2].strip() for line in _cpu_info() if line.startswith("model name")), "")
    return {
        "cores": os.cpu_count(),
        "cpu": model or platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _cpu_info() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def say(found: Found, copies: Copies, hot: Figures, rounds: int, seconds: float) -> int:
    """Print everything; 0 where every floor holds."""
    around = {"bench": "route", "rounds": rounds, "machine": machine()}
    for (system, load), runs in found.items():
        print(json.dumps({**around, "system": system, "load": load, **_medians(runs)}))
    for what, rates in (("events, bare table", copies.events), ("all that is kept of a message", copies.evidence)):
        print(json.dumps({**around, "system": "copy", "load": what, "messages_per_s": round(median(rates))}))
    print(json.dumps({**around, "system": OURS, "load": "one hot key", **_medians([hot])}))
    floors = _floors(found, copies)
    for floor in floors:
        print(json.dumps({**around, **floor.line()}))
    print(json.dumps({**around, "floor_of": "delivered/s against Node-RED", "value": "not measured here"}))
    bare = median([_delivered(found[OURS, "batch"]) / rate for rate in copies.events])
    print(json.dumps({**around, "share_of": "COPY of the events into a bare table", "value": round(bare, 4)}))
    print(_sentence(found, copies, floors, seconds))
    return 0 if all(floor.holds for floor in floors) else 1


def _medians(runs: Sequence[Figures]) -> dict[str, object]:
    parts = {part: round(median([run.cpu[part] for run in runs]), 3) for part in runs[0].cpu}
    return {
        "messages": sum(run.count for run in runs),
        "delivered_per_s": round(_delivered(runs), 1),
        "accepted_per_s": round(median([run.accepted for run in runs]), 1),
        "accept_to_delivered_p50_ms": round(median([run.wait(0.5) for run in runs]), 1),
        "accept_to_delivered_p99_ms": round(median([run.wait(0.99) for run in runs]), 1),
        "p99_ms_with_run_in": round(median([run.wait_with_run_in(0.99) for run in runs]), 1),
        "cpu_ms_a_message": round(_cpu(runs), 3),
        "cpu_parts": parts,
        "out_of_order": sum(run.out_of_order for run in runs),
    }


def _delivered(runs: Sequence[Figures]) -> float:
    return median([run.delivered for run in runs])


def _cpu(runs: Sequence[Figures]) -> float:
    return median([run.cpu_total for run in runs])


def _floors(found: Found, copies: Copies) -> list[Floor]:
    """Ratios are taken round by round, so that a drift of the machine falls out."""
    ours, peer = found[OURS, "single"], found[PEER, "single"]
    speed = median([a.delivered / b.delivered for a, b in zip(ours, peer, strict=True)])
    cpu = median([b.cpu_total / a.cpu_total for a, b in zip(ours, peer, strict=True)])
    wait = median([run.wait(0.99) for run in found[OURS, "half"]])
    share = median([a.delivered / b for a, b in zip(found[OURS, "batch"], copies.evidence, strict=True)])
    return [
        Floor("one event a request, delivered/s against the Celery-task design", speed, 15, 30),
        Floor("CPU of the Celery-task design a message against ours", cpu, 15, 40),
        Floor(
            f"p99 accept to delivered at half capacity after {RUN_IN_SECONDS} s of run-in, ms",
            wait,
            25,
            10,
            at_most=True,
        ),
        Floor("100 events a request, share of COPY of what is kept", share, 0.15, 0.25),
    ]


def _sentence(found: Found, copies: Copies, floors: Sequence[Floor], seconds: float) -> str:
    def rate(system: str, load: str) -> str:
        return f"{_delivered(found[system, load]):,.0f}/s"

    broken = [floor.name for floor in floors if not floor.holds]
    verdict = "floors hold" if not broken else f"floors broken: {'; '.join(broken)}"
    return (
        f"bench-route: delivered one a request {rate(OURS, 'single')}, 100 a request {rate(OURS, 'batch')}; "
        f"Celery task a message {rate(PEER, 'single')}, tuned {rate(TUNED, 'single')}; "
        f"COPY of all that is kept {median(copies.evidence):,.0f}/s, of bare events {median(copies.events):,.0f}/s; "
        f"ratio {floors[0].value:.1f}×, CPU 1/{floors[1].value:.1f}, p99 {floors[2].value:.1f} ms, "
        f"{floors[3].value:.1%} of COPY of what is kept; {seconds:.0f} s; {verdict}."
    )
