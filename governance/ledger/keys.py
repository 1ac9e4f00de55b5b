"""The sealer's key: Ed25519 (RFC 8032), in a file that only workers read; its public half is for everybody.

The web never signs. Whoever holds only the database can neither sign a checkpoint nor pin another key.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from governance.ledger.verify import Broken, digest, read_keys

PUBLIC = ".pub"
FOR_EVERYBODY = 0o007  # bits of a file's mode


@dataclass(frozen=True)
class SealingKey:
    """``id`` is the digest of the public key; ``public`` is how it is pinned, ``ed25519:hex``."""

    private: Ed25519PrivateKey
    id: str
    public: str

    def sign(self, message: bytes) -> str:
        """128 hexadecimal digits."""
        return self.private.sign(message).hex()


def key_file() -> Path | None:
    """Where the private key stands; None where none is named."""
    return Path(settings.HUB_SEAL_KEY_FILE) if settings.HUB_SEAL_KEY_FILE else None


def sealing_key() -> SealingKey | None:
    """The key, where this process has one. Raises ImproperlyConfigured for a file that is no key, or open to all."""
    path = key_file()
    if path is None or not os.access(path, os.R_OK):
        return None
    if path.stat().st_mode & FOR_EVERYBODY:
        raise ImproperlyConfigured(f"The sealer's key {path} is open to everybody on this machine: chmod o-rwx.")
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        raise ImproperlyConfigured(f"{path} holds no private key.") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{path} holds no Ed25519 key.")
    return _with_names(private)


def make_key(path: Path) -> SealingKey:
    """A new key at ``path`` (mode 600) and its public half beside it. Raises FileExistsError: a key is not replaced."""
    key = _with_names(Ed25519PrivateKey.generate())
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public_file(path).write_text(f"{key.public}\n", encoding="ascii")
    return key


def public_file(path: Path) -> Path:
    return path.with_name(path.name + PUBLIC)


def public_keys() -> str:
    """The pinned public keys, one a line: of the setting, or of the file beside the key; "" where there are none."""
    if settings.HUB_SEAL_PUBLIC_KEYS:
        return "".join(f"{word}\n" for word in settings.HUB_SEAL_PUBLIC_KEYS)
    path = key_file()
    beside = public_file(path) if path else None
    return beside.read_text(encoding="ascii") if beside and os.access(beside, os.R_OK) else ""


def pinned() -> dict[str, bytes]:
    """Key id → public key. Raises ImproperlyConfigured."""
    text = public_keys()
    try:
        return read_keys(text) if text.strip() else {}
    except Broken as error:
        raise ImproperlyConfigured(f"HUB_SEAL_PUBLIC_KEYS: {error}") from None


def _with_names(private: Ed25519PrivateKey) -> SealingKey:
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SealingKey(private, digest(raw), f"ed25519:{raw.hex()}")
