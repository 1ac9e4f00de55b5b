"""The system fingerprint of a row of evidence: which build, with which settings, on which host."""

from __future__ import annotations

import hashlib
import socket
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings

BUILD = "0.1.0"
_SHOWN = (
    "HUB_ENVIRONMENT",
    "HUB_EMBEDDED",
    "INSTALLED_APPS",
    "MIDDLEWARE",
    "CONNECTORS",
    "AUTHENTICATION_BACKENDS",
)


@cache
def fingerprint() -> str:
    """``build/settings hash/host``; the hash covers settings that change behaviour and no secret."""
    seen = repr([(name, getattr(settings, name, None)) for name in _SHOWN]) + _django()
    return f"{BUILD}/{hashlib.sha256(seen.encode()).hexdigest()[:12]}/{socket.gethostname()}"


def _django() -> str:
    try:
        return version("django")
    except PackageNotFoundError:
        return ""
