"""Who may see and work which interfaces. Deny first: without a grant or a right an interface does not exist (404)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from governance.actors import Actor
from governance.errors import NotAllowed, NotFound
from governance.models import Person, ServiceAccount
from governance.permissions import has_right, visible_to
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
    if isinstance(by, Actor):
        return
    accounts: Any = ServiceAccount if isinstance(by, ServiceAccount) else Person
    account = accounts.objects.filter(pk=by.pk).first()
    interface = Interface.objects.filter(key=interface_key).first()
    if account is None or interface is None:
        raise NotFound(f"There is no interface {interface_key!r}.", field="interface", value=interface_key)
    check_may_operate(account, interface)


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


def readable_interfaces(user: Any) -> set[str]:
    """Keys of the interfaces whose payloads the user may read: ``check_may_read_payload`` for all at once."""
    visible = visible_interfaces(user)
    rows = visible_to(user, "read_payload", visible) if isinstance(user, Person) else visible
    return set(rows.values_list("key", flat=True))


def may_operate(user: Any, interface: Interface) -> bool:
    """``check_may_operate`` as yes or no."""
    try:
        check_may_operate(user, interface)
    except NotAllowed:
        return False
    return True


def may_read_payload(user: Any, interface: Interface) -> bool:
    """``check_may_read_payload`` as yes or no."""
    try:
        check_may_read_payload(user, interface)
    except NotAllowed:
        return False
    return True
