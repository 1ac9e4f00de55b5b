"""Who sends: the service account behind a bearer token, with its grants, kept for a second by the token's hash."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from django.db.models.signals import post_delete, post_save

from governance.actors import Actor
from governance.models import ServiceAccount, ServiceToken
from governance.models.service_account import hash_of
from hub.models import InterfaceGrant

KEPT_SECONDS = 1.0
LARGEST = 10_000


@dataclass(frozen=True, slots=True)
class Bearer:
    """A service account as one valid token shows it. ``grants`` are (interface key, direction)."""

    account: ServiceAccount
    actor: Actor
    grants: frozenset[tuple[str, str]]


_kept: dict[str, tuple[float, Bearer]] = {}
_lock = threading.Lock()


def bearer(authorization: str) -> Bearer | None:
    """The account behind an ``Authorization`` header; None where it is missing, unknown, expired or revoked."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret:
        return None
    name = hash_of(secret.strip())
    kept = _kept.get(name)
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    found = _load(name)
    if found is not None:
        with _lock:
            if len(_kept) > LARGEST:
                _kept.clear()
            _kept[name] = (time.monotonic(), found)
    return found


def forget(**signal: Any) -> None:
    """A token, account or grant changed: the next request asks the database."""
    with _lock:
        _kept.clear()


def _load(name: str) -> Bearer | None:
    token = ServiceToken.objects.select_related("account").filter(token_hash=name).first()
    if token is None or not token.is_valid:
        return None
    grants = InterfaceGrant.objects.filter(service_account=token.account, interface__is_retired=False)
    pairs = frozenset(grants.values_list("interface__key", "direction"))
    return Bearer(token.account, token.account.as_actor(), pairs)


for _model in (ServiceToken, ServiceAccount, InterfaceGrant):
    for _signal in (post_save, post_delete):
        _signal.connect(forget, sender=_model, dispatch_uid=f"hub.tokens.{_model.__name__}")
