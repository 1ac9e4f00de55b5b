"""Service accounts and their tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from governance import audit
from governance.errors import NotFound
from governance.guard.context import change
from governance.models import ServiceAccount, ServiceToken, System
from governance.models.service_account import new_token


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


def issue_token(*, account: ServiceAccount, expires_at: datetime, by: Any, reason: str) -> str:
    """A new token beside those that live: rotation has no gap. The secret is returned this once."""
    with change(by=by, reason=reason):
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
    with change(by=by, reason=reason):
        token.revoked_at = timezone.now()
        token.save()
        audit.record("service_token.revoked", subject=("service_account", token.account.key), hint=token.hint)
