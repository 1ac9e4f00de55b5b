"""Service accounts with their tokens, and what somebody should look at: tokens that end soon, or that nobody uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from governance.ids import time_of
from governance.models import ServiceAccount, ServiceToken, TokenUse
from hub.models import InterfaceGrant

EXPIRING = timedelta(days=14)
UNUSED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Row:
    """One account; ``grants`` are (direction, interface keys), ``valid`` the tokens that open now.

    An interface that the reader may not see is "…".
    """

    account: ServiceAccount
    grants: tuple[tuple[str, tuple[str, ...]], ...]
    valid: tuple[ServiceToken, ...]
    used: dict[UUID, datetime]  # token id → last use

    @property
    def used_at(self) -> datetime | None:
        return max(self.used.values(), default=None)


def listed(key: str = "", *, visible: Collection[str] | None = None) -> list[Row]:
    """All accounts, or the one of this key, by key; four queries for any number.

    ``visible`` are the keys of interfaces that the reader may see; None where it is the hub's own report.
    """
    accounts = ServiceAccount.objects.select_related("system").order_by("key")
    accounts = accounts.filter(key=key) if key else accounts
    used = dict(TokenUse.objects.values_list("token_id", "used_at"))
    tokens: dict[object, list[ServiceToken]] = defaultdict(list)
    for token in ServiceToken.objects.select_related("account").order_by("-expires_at"):
        tokens[token.account_id].append(token)
    grants = _grants(visible)
    return [_row(one, tokens[one.pk], grants.get(one.pk, ()), used) for one in accounts]


def tokens_of(account: ServiceAccount) -> list[tuple[ServiceToken, tuple[str, str], datetime | None]]:
    """(token, (tone, word), last use), the one that lives longest first."""
    rows = ServiceToken.objects.select_related("account", "use").filter(account=account).order_by("-expires_at")
    return [(one, _state(one), one.use.used_at if hasattr(one, "use") else None) for one in rows]


def report(rows: list[Row]) -> list[str]:
    """One sentence for each account that somebody should look at."""
    return [sentence for row in rows if row.account.is_active for sentence in _sentences(row, timezone.now())]


def _sentences(row: Row, now: datetime) -> list[str]:
    found, name = [], f"{row.account.label} ({row.account.key})"
    if not row.valid:
        return [f"{name} has no token that opens."]
    last = max(one.expires_at for one in row.valid)
    if last - now < EXPIRING:
        found.append(f"{name}: the last token ends on {last:%Y-%m-%d}. Issue a new one; the old one lives until then.")
    for one in row.valid:
        idle = now - row.used.get(one.pk, time_of(one.pk))
        if idle > UNUSED:
            found.append(f"{name}: the token {one.hint}… was not used for {idle.days} days. Revoke what nobody needs.")
    return found


def _row(
    account: ServiceAccount,
    tokens: list[ServiceToken],
    grants: tuple[tuple[str, tuple[str, ...]], ...],
    used: dict[UUID, datetime],
) -> Row:
    mine = {one.pk: used[one.pk] for one in tokens if one.pk in used}
    return Row(account, grants, tuple(one for one in tokens if one.is_valid), mine)


def _grants(visible: Collection[str] | None) -> dict[object, tuple[tuple[str, tuple[str, ...]], ...]]:
    found: dict[object, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = InterfaceGrant.objects.filter(interface__is_retired=False).order_by("direction", "interface__key")
    for account, direction, key in rows.values_list("service_account_id", "direction", "interface__key"):
        found[account][direction].append(key if visible is None or key in visible else "…")
    return {account: tuple((name, tuple(keys)) for name, keys in by.items()) for account, by in found.items()}


def _state(token: ServiceToken) -> tuple[str, str]:
    if token.revoked_at is not None:
        return "mute", "revoked"
    if token.expires_at <= timezone.now():
        return "mute", "ended"
    if token.expires_at - timezone.now() < EXPIRING:
        return "warn", "opens"
    return "ok", "opens"
