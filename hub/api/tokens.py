"""Who sends: the service account behind a bearer token, with its grants, kept for a second by the token's hash."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from governance.actors import Actor
from governance.guard.transactions import write
from governance.models import ServiceAccount, ServiceToken, TokenUse
from governance.models.service_account import hash_of
from hub.models import InterfaceGrant

log = structlog.get_logger(__name__)

KEPT_SECONDS = 1.0
NOTED_SECONDS = 60.0
LARGEST = 10_000


@dataclass(frozen=True, slots=True)
class Bearer:
    """A service account as one valid token shows it. ``grants`` are (interface key, direction)."""

    account: ServiceAccount
    actor: Actor
    grants: frozenset[tuple[str, str]]


_noted: dict[UUID, float] = {}  # token id → when its use was written last, by this process's clock
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
    _note_use(token)
    grants = InterfaceGrant.objects.filter(service_account=token.account, interface__is_retired=False)
    pairs = frozenset(grants.values_list("interface__key", "direction"))
    return Bearer(token.account, token.account.as_actor(), pairs)


def _note_use(token: ServiceToken) -> None:
    """When it was used last, at most one write a minute and process: this runs once a second, not once a message."""
    now = time.monotonic()
    with _lock:
        if now - _noted.get(token.pk, -NOTED_SECONDS) < NOTED_SECONDS:
            return
        _noted[token.pk] = now
    try:
        with write():
            TokenUse.objects.update_or_create(token=token, defaults={"used_at": timezone.now()})
    except DatabaseError as error:  # whoever sends is not turned away for want of a note
        log.warning("token.use_not_noted", error=type(error).__name__)


for _model in (ServiceToken, ServiceAccount, InterfaceGrant):
    for _signal in (post_save, post_delete):
        _signal.connect(forget, sender=_model, dispatch_uid=f"hub.tokens.{_model.__name__}")
