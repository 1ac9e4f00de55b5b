"""Keys of a development hub, made once and kept under its home folder with mode 600."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

NAMES = ("secret_key", "data_keys", "signing_key", "demo-token", "seal_key")  # what no connection may open


def secret_key(home: Path) -> str:
    """The key that signs sessions of a development hub."""
    return _kept(home / "secret_key", lambda: secrets.token_urlsafe(50))


def data_keys(home: Path) -> str:
    """One master key, ``id:base64 of 32 bytes``."""
    return _kept(home / "data_keys", lambda: "dev1:" + base64.b64encode(secrets.token_bytes(32)).decode())


def signing_key(home: Path) -> str:
    """The seed of the key that signs a development hub's statements, base64 of 32 bytes."""
    return _kept(home / "signing_key", lambda: base64.b64encode(secrets.token_bytes(32)).decode())


def _kept(path: Path, make) -> str:
    """Read the file, or write it; two processes that start at once agree on one content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make(), encoding="ascii")
        try:
            os.link(draft, path)  # fails where another process was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii")
