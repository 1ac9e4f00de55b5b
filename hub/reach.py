"""What an interface touches, told to the floors below: who may see it may see its systems, entities and ICDs."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from connectors.models import Connection
from dictionary.models import Entity, InterfaceControlDocument, Mapping
from governance.models import ServiceAccount, System
from governance.permissions import proposed_on, reaches, systems_propose
from hub.models import Interface, InterfaceGrant
from hub.models.grant import Direction
from hub.permissions import connections_of, visible_interfaces


def _systems(user: Any) -> set[str]:
    """Sources and targets of the interfaces that the user may see."""
    return _systems_of(visible_interfaces(user))


def _systems_of(interfaces: QuerySet[Interface]) -> set[str]:
    mine = list(interfaces.select_related("source"))
    used = {key for one in mine for key in connections_of(one)}
    targets = Connection.objects.filter(key__in=used).values_list("system__key", flat=True)
    return {one.source.key for one in mine} | set(targets)


def _entities(user: Any) -> set[str]:
    """Entities of the ICDs and of the mappings that these interfaces run with."""
    return _entities_of(visible_interfaces(user))


def _entities_of(interfaces: QuerySet[Interface]) -> set[str]:
    contents = list(interfaces.values_list("content", flat=True))
    icds = InterfaceControlDocument.objects.filter(key__in={one.get("icd", "") for one in contents})
    named = {content.get("entity", "") for content in icds.values_list("content", flat=True)}
    keys = {key for one in contents for key in _mappings(one)}
    return (named | set(Mapping.objects.filter(key__in=keys).values_list("entity", flat=True))) - {""}


def _icds(user: Any) -> set[str]:
    """The agreements that these interfaces run with."""
    return {one.get("icd", "") for one in visible_interfaces(user).values_list("content", flat=True)} - {""}


def _interfaces(user: Any) -> set[str]:
    """Those whose generated part of a control document the user may read."""
    return set(visible_interfaces(user).values_list("key", flat=True))


def _was_given(account: ServiceAccount, home: Model) -> bool:
    """Whether the account may propose changes of an interface, or of a system or an entity that it is made of."""
    granted = InterfaceGrant.objects.filter(service_account=account, direction=Direction.PROPOSE)
    interfaces = Interface.objects.filter(id__in=granted.values("interface"))
    match home:
        case Interface():
            return interfaces.filter(pk=home.pk).exists()
        case System():
            return home.key in _systems_of(interfaces)
        case Entity():
            return home.key in _entities_of(interfaces)
    return False


def _mappings(content: dict[str, Any]) -> set[str]:
    return {content.get("mapping", ""), *(route.get("mapping", "") for route in content["routes"])}


def _system_of_connection(key: str) -> System | None:
    found = Connection.objects.select_related("system").filter(key=key).first()
    return found.system if found else None


def _system(key: str) -> System | None:
    return System.objects.filter(key=key).first()


systems_propose(_was_given)
reaches("system", _systems)
reaches("entity", _entities)
reaches("icd", _icds)
reaches("interface", _interfaces)
proposed_on("interface", lambda key: Interface.objects.filter(key=key).first())
proposed_on("connection", _system_of_connection, lambda content: _system(str(content.get("system", ""))))
