"""Who may see and work which interfaces. Deny first: without a grant or a right an interface does not exist (404)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from connectors.models import Connection
from governance.actors import Actor
from governance.errors import NotAllowed, NotFound
from governance.models import Person, ServiceAccount
from governance.permissions import has_right, is_allowed, visible_systems, visible_to
from hub.models import Interface, InterfaceGrant
from hub.models.grant import Direction


def visible_interfaces(user: Any) -> QuerySet[Interface]:
    """Interfaces of which the user may read the messages."""
    match user:
        case Person():
            return visible_to(user, "view_interface", Interface.objects.all())
        case ServiceAccount():
            granted = InterfaceGrant.objects.filter(service_account=user, direction=Direction.READ)
            return Interface.objects.filter(id__in=granted.values("interface"))
    return Interface.objects.none()


def interface_for(user: Any, key: str) -> Interface:
    """The interface, or NotFound for one that does not exist as for one that is somebody else's."""
    found = visible_interfaces(user).filter(key=key).first()
    if found is None:
        raise NotFound(f"There is no interface {key!r}.", field="interface", value=key)
    return found


def check_may_operate(user: Any, interface: Interface) -> None:
    """Pause, resume, replay, reject, cancel."""
    if isinstance(user, ServiceAccount):
        grants = InterfaceGrant.objects.filter(service_account=user, interface=interface)
        if grants.filter(direction=Direction.OPERATE).exists():
            return
    elif has_right(user, "operate_interface", interface):
        return
    raise NotAllowed(
        f"You may look at {interface.key}, but not operate it.",
        field="interface",
        value=interface.key,
        rule="the right to operate it",
    )


def check_still_may_operate(by: Any, interface_key: str) -> None:
    """The services' own check, inside their transaction: a right may have gone since the door looked.

    Account and rights are read anew. The hub itself (an Actor: the engine, the command line) needs no right.
    """
    _check_still(check_may_operate, by, interface_key)


def check_still_may_approve(by: Any, interface_key: str) -> None:
    """``check_may_approve`` as ``check_still_may_operate`` does it."""
    _check_still(check_may_approve, by, interface_key)


def _check_still(check: Callable[[Any, Interface], None], by: Any, interface_key: str) -> None:
    if isinstance(by, Actor):
        return
    accounts: Any = ServiceAccount if isinstance(by, ServiceAccount) else Person
    account = accounts.objects.filter(pk=by.pk).first()
    interface = Interface.objects.filter(key=interface_key).first()
    if account is None or interface is None:
        raise NotFound(f"There is no interface {interface_key!r}.", field="interface", value=interface_key)
    check(account, interface)


def check_may_approve(user: Any, interface: Interface) -> None:
    """Be the second person of a replay or a decision: by the right to approve, or by the right to operate.

    Who operates an interface may confirm what another operator has planned; who approves for quality needs not operate
    it. That the two are different persons is judged where the approval is attested.
    """
    if isinstance(user, Person) and has_right(user, "approve_interface", interface):
        return
    if may_operate(user, interface):
        return
    raise NotAllowed(
        f"You may look at {interface.key}, but not operate it, nor approve what others plan there.",
        field="interface",
        value=interface.key,
        rule="the right to approve or to operate",
    )


def check_may_check(user: Any, connection: Connection) -> None:
    """Ask a connection whether it works: by a right on its system, or by operating an interface that uses it."""
    if isinstance(user, Person) and has_right(user, "check_connection", connection.system):
        return
    mine = visible_interfaces(user).filter(is_retired=False)
    if any(connection.key in connections_of(one) and may_operate(user, one) for one in mine):
        return
    raise NotAllowed(
        "Only who operates an interface over this connection may check it.",
        field="connection",
        value=connection.key,
        rule="the right to check connections of this system",
    )


def visible_connections(user: Any) -> QuerySet[Connection]:
    """Persons: those of systems that they may see. Service accounts: those that their interfaces use."""
    rows = Connection.objects.filter(is_retired=False)
    if isinstance(user, ServiceAccount):
        used = (connections_of(one) for one in visible_interfaces(user))
        return rows.filter(key__in=set().union(*used))
    return rows.filter(system__in=visible_systems(user))


def connections_of(interface: Interface) -> set[str]:
    """Keys of the connections that it reads from or writes to."""
    used = {route["connection"] for route in interface.content["routes"]}
    return (used | {interface.content["source"].get("connection", "")}) - {""}


def check_is_person(by: Any) -> None:
    """Who rejects, cancels or decides answers for it: a person, never a service account or the hub itself."""
    if not isinstance(by, Person):
        raise NotAllowed(
            "Only a person can decide this; service accounts and the hub itself cannot.",
            field="by",
            value=str(by),
            rule="a person",
        )


def check_may_read_payload(user: Any, interface: Interface) -> None:
    """Payloads hold business and personal data: seeing the envelope is not enough."""
    if isinstance(user, ServiceAccount) or has_right(user, "read_payload", interface):
        return
    raise NotAllowed(
        f"You may look at the messages of {interface.key}, but not at their content.",
        field="interface",
        value=interface.key,
        rule="the right to read payloads",
    )


def check_may_unmask(user: Any, interface: Interface) -> None:
    """See values of protected data classes: a right beside that of reading payloads, and each time an act.

    A service account never may: nothing that it reads is masked, and who unmasks says why and answers for it.
    """
    if isinstance(user, ServiceAccount):
        raise NotAllowed(
            "Only a person unmasks, and says why. A service account reads the payload as it is stored.",
            field="by",
            value=str(user),
            rule="a person",
        )
    if isinstance(user, Person) and has_right(user, "unmask_payload", interface):
        check_may_read_payload(user, interface)
        return
    raise NotAllowed(
        f"You may read the messages of {interface.key}, but not unmask their protected values.",
        field="interface",
        value=interface.key,
        rule="the right to unmask payloads",
    )


def readable_interfaces(user: Any) -> set[str]:
    """Keys of the interfaces whose payloads the user may read: ``check_may_read_payload`` for all at once."""
    visible = visible_interfaces(user)
    rows = visible_to(user, "read_payload", visible) if isinstance(user, Person) else visible
    return set(rows.values_list("key", flat=True))


def unmaskable_interfaces(person: Person) -> set[str]:
    """Keys of the interfaces whose protected values the person may see: ``check_may_unmask`` for all at once."""
    rows = visible_to(person, "unmask_payload", visible_interfaces(person))
    return set(rows.values_list("key", flat=True)) & readable_interfaces(person)


may_operate = is_allowed(check_may_operate)
may_approve = is_allowed(check_may_approve)
may_read_payload = is_allowed(check_may_read_payload)
may_unmask = is_allowed(check_may_unmask)
