"""Service accounts and their tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from governance import audit
from governance.actors import Actor
from governance.errors import NotFound
from governance.guard.context import change
from governance.models import Person, ServiceAccount, ServiceToken, System
from governance.models.service_account import new_token
from governance.permissions import check_right


def ensure(*, key: str, system_key: str, by: Any, reason: str, label: str = "") -> ServiceAccount:
    """The account of that key; created where there is none."""
    found = ServiceAccount.objects.filter(key=key).first()
    if found is not None:
        return found
    system = System.objects.filter(key=system_key).first()
    if system is None:
        raise NotFound(f"There is no system {system_key!r}.", field="system", value=system_key)
    with change(by=by, reason=reason):
        account = ServiceAccount(key=key, label=label or key, system=system)
        account.save()
        audit.record("service_account.created", subject=("service_account", key), system=system.label)
    return account


def check_may_administer(by: Any) -> None:
    """Persons need the right; the command line and the demonstration, which are Actors, need none."""
    if isinstance(by, Actor):
        return
    account = Person.objects.filter(pk=by.pk).first() if isinstance(by, Person) else None
    sentence = "Only an administrator or an integration engineer may issue and revoke tokens."
    check_right(account, "governance.administer_serviceaccount", sentence)


def issue_token(
    *, account: ServiceAccount, expires_at: datetime, by: Any, reason: str, overlap: timedelta | None = None
) -> str:
    """A new token beside those that live: rotation has no gap. The secret is returned this once.

    ``overlap`` is how long the earlier tokens go on; without it they live until their own end.
    """
    check_may_administer(by)
    with change(by=by, reason=reason):
        if overlap is not None:
            _end_within(account, overlap)
        token, secret = new_token(account, expires_at=expires_at)
        audit.record(
            "service_token.issued",
            subject=("service_account", account.key),
            expires=f"{expires_at:%Y-%m-%d}",
            hint=token.hint,
        )
    return secret


def revoke_token(*, token: ServiceToken, by: Any, reason: str) -> None:
    """From now on it opens nothing."""
    check_may_administer(by)
    with change(by=by, reason=reason):
        token.revoked_at = timezone.now()
        token.save()
        audit.record("service_token.revoked", subject=("service_account", token.account.key), hint=token.hint)


def _end_within(account: ServiceAccount, overlap: timedelta) -> None:
    """Earlier tokens end when the overlap is over, unless they end before."""
    end = timezone.now() + overlap
    for token in ServiceToken.objects.filter(account=account, revoked_at=None, expires_at__gt=end):
        token.expires_at = end
        token.save()
        audit.record(
            "service_token.shortened",
            subject=("service_account", account.key),
            expires=f"{end:%Y-%m-%d %H:%M}",
            hint=token.hint,
        )
