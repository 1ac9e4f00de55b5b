"""The row MAC: a history row that the application wrote carries a code whose key the database does not hold.

HMAC-SHA256 (FIPS 198-1) under a key that HKDF (RFC 5869) derives from the newest master key: whoever has only the
database's password can forge a change context and an equal history row, but not this code.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from governance.canonical import canonical, digest

COVERED = (
    "act_id", "act_correlation_id", "act_ticket", "act_reason", "act_actor", "act_source", "act_fingerprint",
    "history_type", "row_hash",
)  # fmt: skip


def row_mac(history_row: Any) -> str:
    """``key id:base64url`` over the evidence of a history row and the hash of its values; deterministic."""
    key_id = next(iter(_keys(settings.HUB_DATA_KEYS)))
    return f"{key_id}:{_code(key_id, history_row)}"


def is_attested(history_row: Any) -> bool:
    """Whether the application wrote this row, with these values: the values are hashed again."""
    key_id, _, code = history_row.row_mac.rpartition(":")
    if key_id not in _keys(settings.HUB_DATA_KEYS) or history_row.row_hash != values_hash(history_row):
        return False
    return hmac.compare_digest(code, _code(key_id, history_row))


def row_macs(history: type[Any], evidence: Mapping[str, Any], hashes: Sequence[str]) -> list[str]:
    """``row_mac`` of many history rows of one act and type, which differ in the hash of their values only."""
    key_id = next(iter(_keys(settings.HUB_DATA_KEYS)))
    common = canonical([history.__name__, *(_text(evidence[name]) for name in COVERED[:-1])])[:-1]
    return [f"{key_id}:{_coded(key_id, common + b',' + canonical(one) + b']')}" for one in hashes]


def values_hash(history_row: Any) -> str:
    """``sha256:hex`` over what the row was, as its history row says it."""
    return values_hash_of(type(history_row), history_row)


def values_hash_of(history: Any, row: Any) -> str:
    """The same of a row that its history row is still to be made of."""
    return digest({field.attname: field.value_to_string(row) for field in _kept(history)})


@cache
def _kept(history: Any) -> list[Any]:
    """The fields of a history's model that are those of the row itself."""
    own = {field.attname for field in history.instance_type._meta.concrete_fields}
    return [field for field in history._meta.concrete_fields if field.attname in own]


def _code(key_id: str, history_row: Any) -> str:
    covered = [_text(getattr(history_row, name)) for name in COVERED]
    return _coded(key_id, canonical([type(history_row).__name__, *covered]))


def _coded(key_id: str, said: bytes) -> str:
    code = hmac.digest(_keys(settings.HUB_DATA_KEYS)[key_id], said, "sha256")
    return base64.urlsafe_b64encode(code).decode().rstrip("=")


def _text(value: Any) -> Any:
    return value if isinstance(value, str | dict) else str(value)


@cache
def _keys(text: str) -> dict[str, bytes]:
    """Key id → MAC key, the newest first."""
    found = {}
    for part in text.split(","):
        key_id, _, encoded = part.strip().partition(":")
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"interlock row mac")
        found[key_id] = derive.derive(base64.b64decode(encoded))
    return found
