"""Interfaces and how each is doing, worst first, from the same counts that the overview shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from connectors.errors import ConnectorError
from connectors.models import Connection
from connectors.offers import unopened
from governance.models import System
from hub import objectives
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import Delivery, Interface, InterfaceRelease, MessageState, Run, StreamState
from hub.objectives import Objective
from hub.permissions import visible_interfaces
from hub.selectors.record import masking
from hub.selectors.record.veil import masked_sentence_of
from hub.selectors.watching import traffic
from hub.selectors.watching.in_use import in_use
from hub.selectors.watching.standing import Load, Standing, standing_of

WORST_FIRST = ("bad", "warn", "mute", "ok")


@dataclass(frozen=True, slots=True)
class Health:
    """One line of the health table."""

    interface: Interface
    standing: Standing
    load: Load
    source: str
    targets: tuple[str, ...]
    delivered: int
    by_hour: tuple[int, ...]
    p95: int | None
    last_success: datetime | None

    @property
    def key(self) -> str:
        return self.interface.key

    @property
    def objective(self) -> Objective:
        return objectives.of(self.interface.content)

    @property
    def is_late(self) -> bool:
        """Slower than its objective."""
        return self.p95 is not None and self.p95 > self.objective.p95_ms


@dataclass(frozen=True, slots=True)
class RouteOffer:
    """A route as in force. ``guarantee`` of its target: native, probe, none, or unknown."""

    key: str
    label: str
    connection: str
    system: str
    sink: str
    mapping: str
    after: tuple[str, ...]
    when: str
    guarantee: str


@dataclass(frozen=True)
class Counts:
    """Everything that health is judged by, for all interfaces at once: a fixed number of queries."""

    delivered: dict[str, dict[datetime, int]]
    sample: list[traffic.Closed]
    last_success: dict[str, datetime]
    loads: dict[str, Load]
    systems: dict[str, str]
    system_of_connection: dict[str, str]
    milliseconds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def listed(user: Any) -> QuerySet[Interface]:
    """The user's interfaces that are in use, with what a list needs."""
    rows = in_use(visible_interfaces(user))
    return rows.select_related("source", "control__release").order_by("key")


def health(user: Any) -> list[Health]:
    """Every interface of the user, worst first."""
    interfaces = list(listed(user))
    counts = counted([one.key for one in interfaces])
    rows = [_health(one, counts) for one in interfaces]
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row.standing.tone), -row.load.exceptions, row.key))


def health_of(interface: Interface) -> Health:
    """One interface. The caller has checked the right to see it."""
    return _health(interface, counted([interface.key]))


def counted(keys: list[str]) -> Counts:
    """Read the counts of these interfaces."""
    connections = dict(Connection.objects.values_list("key", "system__key"))
    counts = Counts(
        delivered=traffic.delivered_by_hour(keys),
        sample=traffic.sample(keys),
        last_success=traffic.last_success(keys),
        loads=_loads(keys),
        systems=dict(System.objects.values_list("key", "label")),
        system_of_connection=connections,
    )
    for one in counts.sample:
        counts.milliseconds[one.interface_key].append(one.ms)
    return counts


def route_offers(interface: Interface) -> list[RouteOffer]:
    """The routes of the interface and what each target guarantees when an answer is lost."""
    connections = {one.key: one for one in Connection.objects.select_related("system")}
    return [_offer(route, connections.get(route["connection"])) for route in interface.content["routes"]]


def releases(interface: Interface, *, limit: int = 10) -> QuerySet[InterfaceRelease]:
    """The newest releases of the interface."""
    return InterfaceRelease.objects.filter(interface_key=interface.key).order_by("-number")[:limit]


def runs(interface: Interface, *, limit: int = 10) -> QuerySet[Run]:
    """The newest readings of the interface's stream."""
    return Run.objects.filter(interface_key=interface.key).order_by("-started_at")[:limit]


def stream(interface: Interface) -> StreamState | None:
    """When the stream is due; None where systems push."""
    return StreamState.objects.filter(interface_key=interface.key).first()


def last_errors(interface: Interface, *, may_read: bool, limit: int = 8) -> list[dict[str, Any]]:
    """The newest deliveries and messages that did not go through, newest first; said so that no value is given away."""
    names = ("state", "reason", "sentence", "release_id", "error_field")
    wrong = (DeliveryStatus.DEAD, DeliveryStatus.IN_DOUBT, DeliveryStatus.RETRY_WAIT)
    open_ones = Delivery.objects.filter(interface_key=interface.key, state__in=wrong).order_by("-id")
    found = list(open_ones.values("message_id", "route_key", "created_at", *names)[:limit])
    states = MessageState.objects.filter(interface_key=interface.key, state=MessageStatus.QUARANTINED).order_by("-id")
    for row in states.values("id", "changed_at", *names)[:limit]:
        found.append({**row, "message_id": row["id"], "route_key": "", "created_at": row["changed_at"]})
    masks = masking.masks_of({row["release_id"] for row in found})
    for row in found:
        mask, of_delivery = masks[row["release_id"]], bool(row["route_key"])
        row["sentence"] = masked_sentence_of(
            row["reason"], row["sentence"], mask, row["error_field"], may_read=may_read, of_delivery=of_delivery
        )
    return sorted(found, key=lambda row: row["created_at"], reverse=True)[:limit]


def _health(interface: Interface, counts: Counts) -> Health:
    by_hour = counts.delivered.get(interface.key, {})
    load = counts.loads[interface.key]
    points = tuple(by_hour.get(hour, 0) for hour in traffic.hours())
    return Health(
        interface=interface,
        standing=standing_of(interface, load, sum(points)),
        load=load,
        source=interface.source.label,
        targets=_targets(interface, counts),
        delivered=sum(points),
        by_hour=points,
        p95=traffic.latency(counts.milliseconds[interface.key]).p95,
        last_success=counts.last_success.get(interface.key),
    )


def target_keys(interface: Interface, system_of_connection: dict[str, str]) -> tuple[str, ...]:
    """Keys of the systems that the interface delivers to, each once, in the order of its routes."""
    keys = (system_of_connection.get(route["connection"], "") for route in interface.content["routes"])
    return tuple(dict.fromkeys(key for key in keys if key))


def _targets(interface: Interface, counts: Counts) -> tuple[str, ...]:
    keys = target_keys(interface, counts.system_of_connection)
    return tuple(counts.systems.get(key, key) for key in keys)


def _loads(keys: list[str]) -> dict[str, Load]:
    loads: dict[str, Load] = {key: Load() for key in keys}
    for row in traffic.open_by_state(keys):
        _add_deliveries(loads[row["interface_key"]], row)
    for row in traffic.waiting_messages(keys):
        _add_messages(loads[row["interface_key"]], row)
    for state in StreamState.objects.filter(interface_key__in=keys):
        loads[state.interface_key].stream_failures = state.failures
        loads[state.interface_key].stream_sentence = state.sentence
    return loads


def _add_deliveries(load: Load, row: dict[str, Any]) -> None:
    counters = Counter({row["state"]: row["n"]})
    load.dead += counters[DeliveryStatus.DEAD]
    load.in_doubt += counters[DeliveryStatus.IN_DOUBT]
    load.retrying += counters[DeliveryStatus.RETRY_WAIT]
    if traffic.is_backlog(row["state"]):
        _add_backlog(load, row)


def _add_messages(load: Load, row: dict[str, Any]) -> None:
    if row["state"] == MessageStatus.QUARANTINED:
        load.quarantined += row["n"]
    else:
        _add_backlog(load, row)


def _add_backlog(load: Load, row: dict[str, Any]) -> None:
    load.backlog += row["n"]
    load.oldest = min(filter(None, (load.oldest, row["oldest"])))


def _offer(route: dict[str, Any], connection: Connection | None) -> RouteOffer:
    return RouteOffer(
        key=route["key"],
        label=route.get("label", ""),
        connection=route["connection"],
        system=connection.system.label if connection else "",
        sink=route["sink"],
        mapping=route.get("mapping", ""),
        after=tuple(route.get("after", ())),
        when=route.get("when", ""),
        guarantee=_guarantee(connection, route["sink"]),
    )


def _guarantee(connection: Connection | None, sink: str) -> str:
    if connection is None:
        return "unknown"
    try:
        offered = unopened(connection.connector, connection.content["settings"])
        return str(offered.sink(sink).guarantee())
    except ConnectorError:
        return "unknown"


def connections_used(interfaces: Iterable[Interface]) -> set[str]:
    """Keys of the connections that these interfaces read from or write to."""
    found: set[str] = set()
    for interface in interfaces:
        found |= {route["connection"] for route in interface.content["routes"]}
        found |= {interface.content["source"].get("connection", "")}
    return found - {""}
