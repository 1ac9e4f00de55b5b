"""Master keys and what is encrypted with them: AES-256-GCM (NIST SP 800-38D), bound to its place.

The keys come from the environment, the newest first; old ones stay to read what they wrote. The place (table and
row) is authenticated data, so that a ciphertext moved to another row does not open.
"""

from __future__ import annotations

import base64
import binascii
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE = 12  # bytes, SP 800-38D section 8.2


class Unreadable(Exception):
    """A ciphertext that does not open: wrong key, moved, or altered."""


@cache
def masters(text: str = "") -> dict[str, AESGCM]:
    """Key id → cipher, the newest first."""
    found: dict[str, AESGCM] = {}
    for part in (text or settings.HUB_DATA_KEYS).split(","):
        key_id, _, encoded = part.strip().partition(":")
        found[key_id] = AESGCM(_key(key_id, encoded))
    return found


def seal(plain: bytes, *, place: str) -> tuple[str, bytes]:
    """Encrypt under the newest master key: (key id, nonce ‖ ciphertext)."""
    key_id, cipher = next(iter(masters().items()))
    return key_id, seal_with(cipher, plain, place)


def unseal(key_id: str, sealed: bytes, *, place: str) -> bytes:
    """Decrypt what ``seal`` made. Raises ``Unreadable``."""
    cipher = masters().get(key_id)
    if cipher is None:
        raise Unreadable(f"The master key {key_id!r} is not among HUB_DATA_KEYS.")
    return unseal_with(cipher, sealed, place)


def seal_with(cipher: AESGCM, plain: bytes, place: str) -> bytes:
    """nonce ‖ ciphertext under a given key."""
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, plain, place.encode())


def unseal_with(cipher: AESGCM, sealed: bytes, place: str) -> bytes:
    """The reverse of ``seal_with``. Raises ``Unreadable``."""
    sealed = bytes(sealed)
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except InvalidTag:
        raise Unreadable(f"What stands at {place} does not open: it was altered, or moved there.") from None


def _key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured(f"HUB_DATA_KEYS: the key {key_id!r} is not base64 of 32 bytes.")
    return key
