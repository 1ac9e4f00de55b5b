"""Sockets under HTTP: checked addresses, TLS, and one boundary between "not sent" and "perhaps sent".

Whatever fails inside ``connect`` failed before a byte of the request left: it is raised from here as
``Unreachable`` or ``Misconfigured``. Whatever fails later may have reached the other side; ``http.py``
decides what that means.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from .errors import ConnectorError, Misconfigured, Unreachable
from .network import NetworkPolicy

# The mix-in below stands before urllib3's classes; only a type checker needs to know what it is mixed with.
if TYPE_CHECKING:
    _Connection = HTTPConnection
else:
    _Connection = object


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, between two bytes, and for the whole answer. None of them can be switched off."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0

    def __post_init__(self) -> None:
        for name in ("connect", "read", "total"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 < value < 3600:
                raise Misconfigured(f"The time-out {name!r} is {value!r}; it must be seconds, above 0 and below 3600.")


class Overdue(OSError):
    """The whole exchange has taken longer than ``Timeouts.total``, though each byte came in time."""


@dataclass(frozen=True)
class Tls:
    """Paths of PEM files: who may vouch for the server, and who we are to it (mutual TLS)."""

    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""

    def __post_init__(self) -> None:
        for name in ("ca_file", "cert_file", "key_file"):
            path = getattr(self, name)
            if path and not Path(path).is_file():
                raise Misconfigured(f"The file {path!r} named as {name!r} does not exist or cannot be read.")
        if self.key_file and not self.cert_file:
            raise Misconfigured("A private key is named as 'key_file' but no certificate as 'cert_file'.")
        self._load()

    def _load(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            if self.ca_file:
                context.load_verify_locations(self.ca_file)
            if self.cert_file:
                context.load_cert_chain(self.cert_file, self.key_file or None, password=_no_passphrase)
        except (OSError, ValueError):
            raise Misconfigured(
                "The certificate files cannot be used: they must be PEM, unencrypted, and the key must "
                "belong to the certificate.",
                detail=f"ca_file={self.ca_file!r} cert_file={self.cert_file!r} key_file={self.key_file!r}",
            ) from None

    @property
    def trusted(self) -> str:
        return self.ca_file or certifi.where()


def _no_passphrase() -> str:
    """Without this, OpenSSL would ask at a terminal that a worker does not have."""
    raise ValueError("The key is encrypted.")


class _Checked(_Connection):
    """Mixed into urllib3's connections: connect where the policy says, and name failures while connecting."""

    policy: ClassVar[NetworkPolicy]

    def _new_conn(self):
        assert self.timeout is not None, "Timeouts allows no None."
        return self.policy.connect(self._dns_host, self.port, timeout=self.timeout, options=self.socket_options or ())

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError, ValueError) as error:
            failure = tls_failure(self.host, error)
        else:
            return
        self.close()
        raise failure  # outside of the handler: no secret of an address in its context


def tls_failure(host: str, error: Exception) -> ConnectorError:
    """What a handshake that failed means; nothing was sent."""
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or type(error).__name__
    if isinstance(error, ssl.SSLCertVerificationError):
        return Misconfigured(f"The certificate of {host} is not trusted: {reason}.")
    return Unreachable(f"No secure connection to {host} could be made: {reason}.")


def checked_pools(policy: NetworkPolicy) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pool classes by scheme, bound to a policy."""
    plain = type("CheckedHTTP", (_Checked, HTTPConnection), {"policy": policy})
    secure = type("CheckedHTTPS", (_Checked, HTTPSConnection), {"policy": policy})
    return {
        "http": type("CheckedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("CheckedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
