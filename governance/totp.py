"""One-time codes by time: RFC 6238 with SHA-1, six digits and steps of 30 seconds, which every authenticator knows."""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

DIGITS = 6
STEP_SECONDS = 30
TOLERATED_STEPS = 1  # a clock may be half a minute off (RFC 6238, section 5.2)
SECRET_BYTES = 20  # RFC 4226, section 4, R6


def new_secret() -> str:
    """160 random bits in base32, as authenticators take them."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of one step (RFC 4226, section 5.3)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    offset = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, code: str, *, now: float, after: int = 0) -> int | None:
    """The step (30 s since the epoch) whose code this is, if it is near ``now`` and later than ``after``; else None."""
    present = int(now) // STEP_SECONDS
    for step in range(present - TOLERATED_STEPS, present + TOLERATED_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > after:
            return step
    return None


def address_for(secret: str, *, issuer: str, account: str) -> str:
    """The ``otpauth`` address that authenticators read from a QR code."""
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{urlencode({'secret': secret, 'issuer': issuer})}"
