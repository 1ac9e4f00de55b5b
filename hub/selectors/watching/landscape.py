"""The landscape: which systems the user's interfaces connect, and how each line is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.models import Connection
from governance.models import System
from governance.permissions import visible_systems
from hub.selectors.watching import traffic
from hub.selectors.watching.interfaces import WORST_FIRST, Health, target_keys


@dataclass(frozen=True, slots=True)
class Flow:
    """One line of the landscape: an interface from one system to one of its targets."""

    interface_key: str
    label: str
    source: str
    target: str
    tone: str
    word: str
    delivered: int
    criticality: str
    is_gxp: bool


@dataclass(frozen=True, slots=True)
class Landscape:
    """Systems that the flows touch, and where nothing is filtered those deliberately left out."""

    systems: tuple[System, ...]
    flows: tuple[Flow, ...]
    tones: dict[str, str]  # system key → worst tone of its interfaces

    @property
    def labels(self) -> dict[str, str]:
        return {one.key: one.label for one in self.systems}


@dataclass(frozen=True, slots=True)
class Filter:
    """What is drawn; "" and None take everything. ``level`` is that of either end."""

    tone: str = ""
    criticality: str = ""
    gxp: bool | None = None
    level: int | None = None

    @property
    def is_set(self) -> bool:
        return self != Filter()

    def takes(self, flow: Flow, levels: dict[str, int]) -> bool:
        return (
            self.tone in ("", flow.tone)
            and self.criticality in ("", flow.criticality)
            and self.gxp in (None, flow.is_gxp)
            and self.level in (None, levels[flow.source], levels[flow.target])
        )


def landscape(user: Any, rows: Sequence[Health], wanted: Filter | None = None) -> Landscape:
    """What is connected with what, by the interfaces in force; ``rows`` are the user's interfaces."""
    wanted = wanted or Filter()
    systems = {one.key: one for one in visible_systems(user).filter(is_retired=False).order_by("-level", "label")}
    levels = {key: one.level for key, one in systems.items()}
    connected = dict(Connection.objects.values_list("key", "system__key"))
    counts = traffic.delivered_by_connection([row.key for row in rows])
    flows = [flow for row in rows for flow in _flows(row, connected, counts)]
    flows = [flow for flow in flows if {flow.source, flow.target} <= systems.keys()]
    flows = [flow for flow in flows if wanted.takes(flow, levels)]
    tones = _tones(flows)
    shown = [one for one in systems.values() if one.key in tones or (one.is_excluded and not wanted.is_set)]
    return Landscape(tuple(shown), tuple(flows), tones)


def _tones(flows: Sequence[Flow]) -> dict[str, str]:
    tones: dict[str, str] = {}
    for flow in flows:
        for key in (flow.source, flow.target):
            tones[key] = min(tones.get(key, "ok"), flow.tone, key=WORST_FIRST.index)
    return tones


def _flows(row: Health, connected: dict[str, str], counts: dict[tuple[str, str], int]) -> list[Flow]:
    one, delivered = row.interface, Counter[str]()
    for connection in {route["connection"] for route in one.content["routes"]}:
        delivered[connected.get(connection, "")] += counts.get((row.key, connection), 0)
    return [
        Flow(
            interface_key=row.key,
            label=one.label,
            source=one.source.key,
            target=target,
            tone=row.standing.tone,
            word=row.standing.word,
            delivered=delivered[target],
            criticality=one.criticality,
            is_gxp=one.is_gxp,
        )
        for target in target_keys(one, connected)
    ]
