"""What service accounts may do, and what roles may do with interfaces."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from governance import audit
from governance.errors import NotFound
from governance.guard.context import change
from governance.models import ServiceAccount
from governance.permissions import allow
from hub.models import Interface, InterfaceGrant


def grant(*, account: ServiceAccount, interface_key: str, direction: str, by: Any, reason: str) -> InterfaceGrant:
    """Let an account send to, read from or operate one interface."""
    interface = Interface.objects.filter(key=interface_key, is_retired=False).first()
    if interface is None:
        raise NotFound(f"There is no interface {interface_key!r}.", field="interface", value=interface_key)
    found = InterfaceGrant.objects.filter(service_account=account, interface=interface, direction=direction).first()
    if found is not None:
        return found
    with change(by=by, reason=reason):
        made = InterfaceGrant(service_account=account, interface=interface, direction=direction)
        made.save()
        audit.record("grant.given", subject=("interface", interface_key), account=account.key, direction=direction)
    return made


def allow_role(*, role: str, permission: str, interface_key: str, by: Any, reason: str) -> None:
    """Let everybody in a role do something with one interface ("view_interface")."""
    interface = Interface.objects.get(key=interface_key)
    with change(by=by, reason=reason):
        allow(Group.objects.get(name=role), permission, interface)
        audit.record("role.allowed", subject=("interface", interface_key), role=role, permission=permission)


audit.describe(
    grant__given="{actor} let {account} {direction} on {subject}.",
    role__allowed="{actor} gave {role} the right {permission} on {subject}.",
)
