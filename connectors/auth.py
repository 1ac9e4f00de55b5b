"""How a request proves who we are. Each kind changes the request, and knows what must never be shown.

An ``Auth`` belongs to one client. ``apply`` runs on every try; ``renew`` is asked once after a 401 and
says whether another try is worth it.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote_plus

from .errors import AccessDenied, Misconfigured, RecordRejected
from .transport import Tls

if TYPE_CHECKING:
    from .http import HttpClient, Request

EARLY = 30.0  # seconds before its expiry at which a token is no longer used


class Auth:
    """No authentication, and the base of every other kind."""

    @property
    def tls(self) -> Tls | None:
        """A client certificate, where the kind brings one."""
        return None

    @property
    def secret_names(self) -> tuple[str, ...]:
        """Headers and parameters that the wire tap must hide."""
        return ()

    def bind(self, client: HttpClient) -> None:
        """The client that will use us; a kind that fetches tokens keeps it."""

    def apply(self, request: Request) -> None:
        """Change ``request.headers`` or ``request.params``."""

    def renew(self) -> bool:
        """After a 401: True where the next ``apply`` proves something new."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Values that must never reach a tap, a message or a log."""
        return ()


@dataclass(frozen=True)
class ApiKey(Auth):
    """A key in a header or, where the system insists, in the query."""

    key: str = field(repr=False)
    name: str = "X-API-Key"
    place: Literal["header", "query"] = "header"
    prefix: str = ""  # "Token " for a system that wants one

    @property
    def secret_names(self) -> tuple[str, ...]:
        return (self.name,)

    def apply(self, request: Request) -> None:
        target = request.headers if self.place == "header" else request.params
        target[self.name] = self.prefix + self.key

    def secrets(self) -> tuple[str, ...]:
        return (self.key,)


@dataclass(frozen=True)
class Basic(Auth):
    """RFC 7617, in UTF-8."""

    username: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if ":" in self.username:
            raise Misconfigured("The user name for basic authentication holds a colon, which RFC 7617 forbids.")

    def _encoded(self) -> str:
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()

    def apply(self, request: Request) -> None:
        request.headers["Authorization"] = f"Basic {self._encoded()}"

    def secrets(self) -> tuple[str, ...]:
        return (self.password, self._encoded())


@dataclass(frozen=True)
class Bearer(Auth):
    """A token that somebody gave us and that we cannot renew."""

    token: str = field(repr=False)

    def apply(self, request: Request) -> None:
        request.headers["Authorization"] = f"Bearer {self.token}"

    def secrets(self) -> tuple[str, ...]:
        return (self.token,)


@dataclass(frozen=True)
class ClientCertificate(Auth):
    """Mutual TLS: the paths of our certificate and key, and of the authority that vouches for the server."""

    cert_file: str
    key_file: str = ""
    ca_file: str = ""
    inner: Auth = field(default_factory=Auth)  # a token on top, where the system wants both

    @property
    def tls(self) -> Tls:
        return Tls(ca_file=self.ca_file, cert_file=self.cert_file, key_file=self.key_file)

    @property
    def secret_names(self) -> tuple[str, ...]:
        return self.inner.secret_names

    def bind(self, client: HttpClient) -> None:
        self.inner.bind(client)

    def apply(self, request: Request) -> None:
        self.inner.apply(request)

    def renew(self) -> bool:
        return self.inner.renew()

    def secrets(self) -> tuple[str, ...]:
        return self.inner.secrets()


class ClientCredentials(Auth):
    """OAuth 2.0 client credentials (RFC 6749, 4.4). The token is kept until shortly before it expires.

    ``clock`` counts seconds and never goes back.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        scope: str = "",
        style: Literal["header", "body"] = "header",
        extra: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token_url, self.client_id, self._client_secret = token_url, client_id, client_secret
        self.scope, self.style, self.extra, self.clock = scope, style, dict(extra or {}), clock
        self._token, self._expires = "", 0.0
        self._lock = threading.Lock()
        self._client: HttpClient | None = None

    def __repr__(self) -> str:
        return f"ClientCredentials(token_url={self.token_url!r}, client_id={self.client_id!r})"

    def bind(self, client: HttpClient) -> None:
        self._client = client

    def apply(self, request: Request) -> None:
        with self._lock:
            if not self._token or self.clock() >= self._expires:
                self._fetch()
            request.headers["Authorization"] = f"Bearer {self._token}"

    def renew(self) -> bool:
        with self._lock:
            self._token = ""
        return True

    def secrets(self) -> tuple[str, ...]:
        return tuple(value for value in (self._client_secret, *self._basic().secrets(), self._token) if value)

    def _basic(self) -> Basic:
        """RFC 6749, 2.3.1: both halves are form-encoded first."""
        return Basic(quote_plus(self.client_id), quote_plus(self._client_secret))

    def _fetch(self) -> None:
        granted = self._ask()
        token = granted.get("access_token") if isinstance(granted, dict) else None
        if not isinstance(token, str) or not token:
            raise Misconfigured(f"The token service at {self.token_url} answered without an 'access_token'.")
        self._token = token
        self._expires = self.clock() + _lifetime(granted.get("expires_in"))
        assert self._client is not None
        self._client.redactor.learn([token])

    def _ask(self) -> Any:
        assert self._client is not None, "bind() comes first"
        form = {
            "grant_type": "client_credentials",
            **({"scope": self.scope} if self.scope else {}),
            **self.extra,
        }
        if self.style == "body":
            form |= {"client_id": self.client_id, "client_secret": self._client_secret}
        try:
            return self._client.ask_token(self.token_url, form, self._basic() if self.style == "header" else Auth())
        except (AccessDenied, RecordRejected) as error:
            raise AccessDenied(
                f"Access denied: the token service at {self.token_url} refused the client {self.client_id!r}.",
                detail=error.detail,
            ) from None


def _lifetime(expires_in: Any) -> float:
    """Seconds for which we use a token; without a word from the service it is asked for again in a minute."""
    try:
        seconds = float(expires_in)
    except (TypeError, ValueError):
        return 60.0
    return max(seconds - EARLY, seconds / 2, 0.0) if seconds < 2 * EARLY else seconds - EARLY
