"""Systems and their connections; a connection's check says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from connectors.errors import ConnectorError
from connectors.models import Connection
from connectors.offers import unopened
from connectors.records import Health
from governance.errors import NotAllowed, NotFound
from governance.models import System
from hub.console.doors import page
from hub.flow import clients
from hub.permissions import may_operate
from hub.selectors import audit, interfaces


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """The register: what is connected, and what is deliberately left out."""
    systems = System.objects.filter(is_retired=False).prefetch_related("connections").order_by("-level", "label")
    return render(request, "hub/systems/list.html", {"systems": systems})


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    return _shown(request, key)


@require_POST
@page
def check(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the connection whether it works. Writes nothing there."""
    connection = Connection.objects.select_related("system").filter(key=key, is_retired=False).first()
    if connection is None:
        raise NotFound(f"There is no connection {key!r}.")
    why_not = _why_not(interfaces.listed(request.user), request.user, key)
    if why_not:
        raise NotAllowed(why_not)
    return _shown(request, connection.system.key, checked={key: _checked(connection)})


def _shown(request: HttpRequest, key: str, *, checked: dict[str, Health] | None = None) -> HttpResponse:
    system = System.objects.filter(key=key, is_retired=False).first()
    if system is None:
        raise NotFound(f"There is no system {key!r}.")
    mine = list(interfaces.listed(request.user))
    connections = Connection.objects.filter(system=system, is_retired=False)
    held = {connection.key for connection in connections}
    shown = {
        "system": system,
        "connections": [
            (one, _offers(one), _why_not(mine, request.user, one.key), (checked or {}).get(one.key))
            for one in connections
        ],
        "interfaces": [one for one in mine if one.source_id == system.pk or interfaces.connections_used([one]) & held],
        "events": audit.about("system", key),
        "crumbs": [("Systems", reverse("systems"))],
    }
    return render(request, "hub/systems/detail.html", shown)


def _checked(connection: Connection) -> Health:
    try:
        return clients.build(connection.content).check()
    except ConnectorError as error:
        return Health(False, str(error))


def _offers(connection: Connection) -> dict[str, Any]:
    """Streams and sinks with what they guarantee; the sentence where the settings do not load."""
    try:
        connector = unopened(connection.connector, connection.content["settings"])
    except ConnectorError as error:
        return {"problem": str(error)}
    return {
        "label": connector.label,
        "streams": [stream.name for stream in connector.offered_streams()],
        "sinks": [(sink.name, str(sink.guarantee())) for sink in connector.offered_sinks()],
    }


def _why_not(mine: Iterable[Any], user: Any, key: str) -> str:
    """Who operates an interface over this connection may check it."""
    using = [one for one in mine if key in interfaces.connections_used([one])]
    if any(may_operate(user, one) for one in using):
        return ""
    return "Only who operates an interface over this connection may check it."
