"""What an interface touches, told to the floors below: who may see it may see its systems, entities and ICDs."""

from __future__ import annotations

from typing import Any

from connectors.models import Connection
from dictionary.models import InterfaceControlDocument, Mapping
from governance.models import System
from governance.permissions import proposed_on, reaches
from hub.models import Interface
from hub.permissions import connections_of, visible_interfaces


def _systems(user: Any) -> set[str]:
    """Sources and targets of the interfaces that the user may see."""
    mine = list(visible_interfaces(user).select_related("source"))
    used = {key for one in mine for key in connections_of(one)}
    targets = Connection.objects.filter(key__in=used).values_list("system__key", flat=True)
    return {one.source.key for one in mine} | set(targets)


def _entities(user: Any) -> set[str]:
    """Entities of the ICDs and of the mappings that these interfaces run with."""
    contents = list(visible_interfaces(user).values_list("content", flat=True))
    icds = InterfaceControlDocument.objects.filter(key__in={one.get("icd", "") for one in contents})
    named = {content.get("entity", "") for content in icds.values_list("content", flat=True)}
    keys = {key for one in contents for key in _mappings(one)}
    return (named | set(Mapping.objects.filter(key__in=keys).values_list("entity", flat=True))) - {""}


def _icds(user: Any) -> set[str]:
    """The agreements that these interfaces run with."""
    return {one.get("icd", "") for one in visible_interfaces(user).values_list("content", flat=True)} - {""}


def _mappings(content: dict[str, Any]) -> set[str]:
    return {content.get("mapping", ""), *(route.get("mapping", "") for route in content["routes"])}


def _system_of_connection(key: str) -> System | None:
    found = Connection.objects.select_related("system").filter(key=key).first()
    return found.system if found else None


def _system(key: str) -> System | None:
    return System.objects.filter(key=key).first()


reaches("system", _systems)
reaches("entity", _entities)
reaches("icd", _icds)
proposed_on("interface", lambda key: Interface.objects.filter(key=key).first())
proposed_on("connection", _system_of_connection, lambda content: _system(str(content.get("system", ""))))
