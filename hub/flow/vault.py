"""Payloads in and out of their encrypted rows.

A data key a (interface, data class, month), wrapped by a master key: destroying it forgets its payloads and leaves
the ledger verifiable, since a payload's digest is salted.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from governance.guard.transactions import write
from governance.ids import time_of, uuid7
from governance.keyring import Unreadable, seal, seal_with, unseal, unseal_with
from governance.rows import Table, insert, insert_new
from hub.models import DataKey, Payload

SALT = 16  # bytes
RETENTION = "quality_record"

COLUMNS = (
    "id", "message_id", "delivery_id", "stage", "key_id", "salt", "data", "digest", "size", "media_type", "data_class",
    "retention_class",
)  # fmt: skip

_ciphers: dict[UUID, AESGCM] = {}
_current: dict[tuple[str, str, str], UUID] = {}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload that is ready to be stored."""

    row: tuple
    digest: str

    @property
    def id(self) -> UUID:
        return self.row[0]


def sealed(
    plain: bytes,
    *,
    message_id: UUID,
    interface_key: str,
    stage: str,
    data_class: str,
    media_type: str = "application/json",
    delivery_id: UUID | None = None,
) -> Sealed:
    """Encrypt one stage of a message. Must run inside a transaction: a new month makes its key."""
    row_id, salt = uuid7(), os.urandom(SALT)
    key_id = _key_for(interface_key, data_class, time_of(row_id))
    digest = "sha256:" + hashlib.sha256(salt + plain).hexdigest()
    data = seal_with(_ciphers[key_id], plain, str(row_id))
    return Sealed(
        (
            row_id,
            message_id,
            delivery_id,
            stage,
            key_id,
            salt,
            data,
            digest,
            len(plain),
            media_type,
            data_class,
            RETENTION,
        ),
        digest,
    )


def store(payloads: Sequence[Sealed]) -> None:
    """Put the rows down."""
    insert(*rows(payloads))


def rows(payloads: Sequence[Sealed]) -> Table:
    """Table, columns and rows, for who writes other tables along."""
    return Payload, COLUMNS, [payload.row for payload in payloads]


class Stored(Protocol):
    """A payload's row, or the part of it that opening needs."""

    @property
    def id(self) -> UUID: ...
    @property
    def key_id(self) -> UUID: ...
    @property
    def salt(self) -> bytes | memoryview: ...
    @property
    def data(self) -> bytes | memoryview | None: ...
    @property
    def digest(self) -> str: ...


def opened(payload: Stored) -> bytes:
    """The plain bytes, checked against the digest. Raises Unreadable where key or bytes are gone or altered."""
    if payload.data is None:
        raise Unreadable("This payload was disposed of under its retention rule.")
    plain = unseal_with(_cipher(payload.key_id), bytes(payload.data), str(payload.id))
    if "sha256:" + hashlib.sha256(bytes(payload.salt) + plain).hexdigest() != payload.digest:
        raise Unreadable("This payload does not match its digest: it was altered.")
    return plain


def seal_beside(plain: bytes, *, row_id: UUID, interface_key: str, data_class: str) -> tuple[UUID, bytes]:
    """Encrypt something else of a message (an exchange) under the same keys: (key id, sealed bytes)."""
    key_id = _key_for(interface_key, data_class, time_of(row_id))
    return key_id, seal_with(_ciphers[key_id], plain, str(row_id))


def open_beside(key_id: UUID, data: bytes, *, row_id: UUID) -> bytes:
    """The reverse of ``seal_beside``."""
    return unseal_with(_cipher(key_id), data, str(row_id))


def content_mac(plain: bytes) -> bytes:
    """Tells a repeat from a contradiction without keeping the content: HMAC-SHA-256 under the hub's secret."""
    return hmac.digest(settings.SECRET_KEY.encode(), plain, "sha256")


def forget_ciphers() -> None:
    """Drop cached keys (a key was destroyed, or a test made a new database)."""
    _ciphers.clear()
    _current.clear()


def _key_for(interface_key: str, data_class: str, moment: datetime) -> UUID:
    name = (interface_key, data_class, f"{moment:%Y-%m}")
    found = _current.get(name)
    return found or _load_or_make(name)


def _load_or_make(name: tuple[str, str, str]) -> UUID:
    """The row of this month. Cached once committed: a key that rolled back must encrypt nothing.

    No lock of ours is held here: whoever is second waits in the database for the first one's commit, and the first
    one finds its own row again.
    """
    where = dict(zip(("interface_key", "data_class", "month"), name, strict=True))
    row = DataKey.objects.filter(**where).first() or _make(where)
    if row.id not in _ciphers:
        _ciphers[row.id] = _unwrapped(row)
    transaction.on_commit(lambda: _current.update({name: row.id}))
    return row.id


def _make(where: dict[str, str]) -> DataKey:
    row_id, key = uuid7(), AESGCM.generate_key(256)
    master_id, wrapped = seal(key, place=f"hub.datakey/{row_id}")
    columns = ("id", "interface_key", "data_class", "month", "master_id", "wrapped")
    with write():
        insert_new(DataKey, columns, [(row_id, *where.values(), master_id, wrapped)])
    return DataKey.objects.get(**where)  # ours, or that of somebody who was first


def _cipher(key_id: UUID) -> AESGCM:
    if key_id not in _ciphers:
        _ciphers[key_id] = _unwrapped(DataKey.objects.get(id=key_id))
    return _ciphers[key_id]


def _unwrapped(row: DataKey) -> AESGCM:
    if row.wrapped is None:
        raise Unreadable(f"The key of {row} was destroyed; what it encrypted is forgotten.")
    return AESGCM(unseal(row.master_id, bytes(row.wrapped), place=f"hub.datakey/{row.id}"))
