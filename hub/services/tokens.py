"""Tokens of systems as persons issue them: nobody hands out what they may not do themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from governance.errors import NotAllowed
from governance.models import Person, ServiceAccount
from governance.permissions import may_propose
from governance.services import service_accounts
from hub.models import InterfaceGrant
from hub.models.grant import Direction
from hub.permissions import may_operate, may_read_payload, visible_interfaces


def check_may_issue(by: Any, account: ServiceAccount) -> None:
    """The right to administer tokens, and on each granted interface what the token would open.

    Sending and replaying need the right to operate it, reading the right to read its payloads: who sees the secret
    could otherwise do with it what they may not do themselves. The command line (an Actor) needs no right.
    """
    service_accounts.check_may_administer(by)
    if not isinstance(by, Person):
        return
    visible = set(visible_interfaces(by).values_list("pk", flat=True))
    grants = InterfaceGrant.objects.filter(service_account=account, interface__is_retired=False)
    for grant in grants.select_related("interface").order_by("interface__key"):
        if grant.interface_id in visible and _may_too(by, grant):
            continue
        opened = grant.interface.key if grant.interface_id in visible else "an interface that you may not see"
        raise NotAllowed(
            f"A token of {account.label} opens {opened}, with which you may not do the same yourself. Somebody who "
            "operates all of its interfaces issues it.",
            field="service_account",
            value=account.key,
            rule="the rights that the token gives",
        )


def _may_too(by: Person, grant: InterfaceGrant) -> bool:
    """Whether the person may do themselves what this grant opens."""
    match grant.direction:
        case Direction.READ:
            return may_read_payload(by, grant.interface)
        case Direction.PROPOSE:
            return may_propose(by, "interface", grant.interface.key)
    return may_operate(by, grant.interface)


def issue(
    *, account: ServiceAccount, expires_at: datetime, by: Any, reason: str, overlap: timedelta | None = None
) -> str:
    """A new token, returned this once; ``overlap`` is how long the earlier ones go on."""
    check_may_issue(by, account)
    return service_accounts.issue_token(account=account, expires_at=expires_at, overlap=overlap, by=by, reason=reason)
