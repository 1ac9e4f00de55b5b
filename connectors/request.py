"""A request before it is sent: its parts, its address, its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from .errors import Misconfigured, RecordRejected

_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass
class Request:
    """What is about to be sent. ``Auth.apply`` may change headers and parameters."""

    method: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes | None = None
    writing: bool = False

    @property
    def address(self) -> str:
        """URL with its query; a blank is %20, as some servers refuse a plus sign."""
        if not self.params:
            return self.url
        joint = "&" if "?" in self.url else "?"
        return f"{self.url}{joint}{urlencode(self.params, quote_via=quote)}"


def base_of(url: str) -> str:
    """A base address without its last slash; ``Misconfigured`` where it cannot be one."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise Misconfigured("The address of the system must look like https://host/path; this one does not.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Misconfigured(
            f"The address of the system at {parts.hostname} may hold no user name, password, query or "
            "fragment; credentials have a place of their own."
        )
    return url.rstrip("/")


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: where credentials may go."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ("", "", 0)
    return (parts.scheme, (parts.hostname or "").lower(), port)


def check_headers(headers: Mapping[str, str]) -> None:
    """A header is printable ASCII on one line: refused here, where it is certain that nothing was sent."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable() and name.isascii()):
            raise Misconfigured(
                f"The header {name!r} holds a character that HTTP does not allow (printable ASCII only)."
            )


def encode_json(value: Any) -> bytes:
    """JSON with decimals as exact numbers. ``RecordRejected`` for what JSON cannot hold."""
    try:
        body = _encode(value)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        raise RecordRejected(
            "The record holds a value that JSON cannot express.", detail=type(error).__name__
        ) from None
    if (b"NaN" in body or b"Infinity" in body) and not _is_json(body):
        raise RecordRejected("The record holds a number that is not finite, which JSON cannot express.")
    return body


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except ValueError:
        return False
    return True
