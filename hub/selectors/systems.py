"""Systems as pages show them: the register, what a system owns, its connections and how their last check went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from connectors.errors import ConnectorError
from connectors.models import Connection
from connectors.offers import unopened
from dictionary.models import DataElement
from dictionary.permissions import visible_elements
from governance.errors import NotAllowed, NotFound
from governance.models import AuditEvent, ServiceAccount, System
from governance.permissions import visible_systems
from hub.models import Interface
from hub.permissions import check_may_check, may_operate, visible_connections
from hub.selectors.watching import interfaces


@dataclass(frozen=True, slots=True)
class LastCheck:
    """How the newest check went: who ran it, when, and what it said."""

    ok: bool
    says: str
    ms: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """One connection. ``why_not`` is the sentence for who may not check it, ``problem`` that of settings that fail."""

    connection: Connection
    label: str
    streams: tuple[str, ...]
    sinks: tuple[tuple[str, str], ...]  # name, what it guarantees
    problem: str
    why_not: str
    last: LastCheck | None


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One line of the register."""

    system: System
    connections: tuple[tuple[Connection, LastCheck | None], ...]


def listed(user: Any) -> QuerySet[System]:
    """The register: what is connected, and what is deliberately left out."""
    return visible_systems(user).filter(is_retired=False).order_by("-level", "label")


def rows(systems: Iterable[System]) -> list[SystemRow]:
    """Lines with each connection's last check: two queries, however many systems."""
    held = list(systems)
    found = list(_connections().filter(system__in=[one.pk for one in held]))
    checks = last_checks(found)
    return [
        SystemRow(one, tuple((held_, checks.get(held_.key)) for held_ in found if held_.system_id == one.pk))
        for one in held
    ]


def system_for(user: Any, key: str) -> System:
    """The system, or NotFound for one that does not exist as for one that the user may not know of."""
    found = listed(user).filter(key=key).first()
    if found is None:
        raise NotFound(f"There is no system {key!r}.", field="system", value=key)
    return found


def connection_for(user: Any, key: str) -> Connection:
    """The same for a connection, by its system."""
    found = visible_connections(user).select_related("system").filter(key=key).first()
    if found is None:
        raise NotFound(f"There is no connection {key!r}.", field="connection", value=key)
    return found


def connections(user: Any, system: System) -> list[ConnectionView]:
    """The ways into one system."""
    found = list(_connections().filter(system=system))
    checks = last_checks(found)
    return [_view(one, why_not_check(user, one), checks.get(one.key)) for one in found]


def uses(system: System, mine: Sequence[Interface]) -> list[Interface]:
    """Which of these interfaces read from the system or write to it."""
    held = {one.key for one in _connections().filter(system=system)}
    return [one for one in mine if one.source_id == system.pk or interfaces.connections_used([one]) & held]


def owned(user: Any, system: System) -> QuerySet[DataElement]:
    """Data elements of which this system is the owner."""
    return visible_elements(user).filter(owner_system=system.key).order_by("label")


def accounts(user: Any, system: System, used: Sequence[Interface]) -> QuerySet[ServiceAccount]:
    """The identities under which the system comes to our doors, for who operates one of its interfaces."""
    rows = ServiceAccount.objects.filter(system=system).order_by("key")
    is_known = user.has_perm("governance.view_serviceaccount") or any(may_operate(user, one) for one in used)
    return rows if is_known else rows.none()


def why_not_check(user: Any, connection: Connection) -> str:
    """ "" where the user may check the connection, else the sentence."""
    try:
        check_may_check(user, connection)
    except NotAllowed as refused:
        return refused.sentence
    return ""


def last_checks(found: Sequence[Connection]) -> dict[str, LastCheck]:
    """Connection → its newest check, from the audit trail: one query."""
    events = AuditEvent.objects.filter(kind="connection.checked", subject_kind="connection", subject_id=OuterRef("key"))
    newest = Connection.objects.filter(pk__in=[one.pk for one in found]).annotate(
        checked=Subquery(events.order_by("-id").values("id")[:1])
    )
    ids = newest.exclude(checked=None).values("checked")
    return {one.subject_id: _last(one) for one in AuditEvent.objects.filter(id__in=ids)}


def _last(event: AuditEvent) -> LastCheck:
    facts = event.facts
    return LastCheck(facts["ok"], facts["says"], facts["ms"], event.actor["name"], event.recorded_at)


def _connections() -> QuerySet[Connection]:
    return Connection.objects.filter(is_retired=False).order_by("key")


def _view(one: Connection, why_not: str, last: LastCheck | None) -> ConnectionView:
    try:
        connector = unopened(one.connector, one.content["settings"])
    except ConnectorError as error:
        return ConnectionView(one, one.connector, (), (), error.message, why_not, last)
    return ConnectionView(
        connection=one,
        label=connector.label,
        streams=tuple(stream.name for stream in connector.offered_streams()),
        sinks=tuple((sink.name, str(sink.guarantee())) for sink in connector.offered_sinks()),
        problem="",
        why_not=why_not,
        last=last,
    )
