"""HTTP for connectors: one call, one answer, one error that says what to do next.

``read`` promises that asking twice changes nothing, ``write`` does not. The difference matters when no
clear answer comes: a failed read is ``Unreachable``, a write that may have arrived is ``OutcomeUnknown``.
What failed before a byte was sent is ``Unreachable`` for both. A complete 4xx says that nothing was
applied, and keeps its class. No retries, no sleeping, no logging of payloads: the engine does these.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from .answer import STATUS_ERRORS, Answer, default_error, no_answer
from .auth import Auth
from .base import Tap, no_tap
from .errors import ConnectorError, Misconfigured, Unreachable
from .lean import LeanTransport
from .network import PUBLIC_ONLY, NetworkPolicy
from .records import Exchange, Heard
from .request import Request, base_of, check_headers, encode_json, origin
from .transport import Overdue, Timeouts, Tls, checked_pools
from .wiretap import Redactor

__all__ = ["STATUS_ERRORS", "Answer", "HttpClient", "Request", "SessionTransport", "default_error"]

ErrorFor = Callable[[Answer], ConnectorError | None]

CHUNK = 64 * 1024
REDIRECTS = 5  # followed for a read, and only within the same origin


class SessionTransport:
    """``requests`` with one session: cookies, and whatever a vendor's library wants to hang on it."""

    def __init__(self, policy: NetworkPolicy, timeouts: Timeouts, tls: Tls) -> None:
        self.timeout = (timeouts.connect, timeouts.read)
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy or .netrc of the machine would go around the policy
        self.session.verify = tls.trusted
        self.session.cert = (tls.cert_file, tls.key_file) if tls.key_file else tls.cert_file or None
        adapter = HTTPAdapter(max_retries=False)
        adapter.poolmanager.pool_classes_by_scheme = checked_pools(policy)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None):
        """The answer's head; its body is still on the wire."""
        return self.session.request(
            method, url, headers=headers, data=body, timeout=self.timeout, stream=True, allow_redirects=False
        ).raw

    def close(self) -> None:
        self.session.close()


@dataclass(slots=True)
class Begun:
    """A request that was sent, or could not be: ``request`` as it was asked for, ``signed`` as it left."""

    request: Request
    signed: Request
    at: float
    response: Any = None
    failure: ConnectorError | None = None


class HttpClient:
    """An open conversation with one system. Give it back with ``close``; it bears being closed twice.

    ``lean`` takes the bare pool, for plain JSON at speed. ``error_for`` may judge an answer before the
    table does: it returns an error, or ``None`` to let the table speak. ``limit`` is in bytes, decompressed.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: Auth | None = None,
        network: NetworkPolicy = PUBLIC_ONLY,
        tap: Tap = no_tap,
        timeouts: Timeouts | None = None,
        limit: int = 32 * 1024 * 1024,
        tls: Tls | None = None,
        secrets: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
        error_for: ErrorFor | None = None,
        lean: bool = False,
    ) -> None:
        self.base_url = base_of(base_url)
        self.auth = auth or Auth()
        self.tap, self.limit = tap, limit
        self._renewed_at = -math.inf
        self.timeouts = timeouts or Timeouts()
        self.headers = {"User-Agent": "Interlock", "Accept": "application/json", **(headers or {})}
        self.error_for: ErrorFor = error_for or default_error
        self.redactor = Redactor((*secrets, *self.auth.secrets()), self.auth.secret_names)
        kind = LeanTransport if lean else SessionTransport
        self.transport = kind(network, self.timeouts, tls or self.auth.tls or Tls())
        self.auth.bind(self)

    def __repr__(self) -> str:
        return f"HttpClient({self.redactor.url(self.base_url)!r})"

    def read(self, path: str = "", *, method: str = "GET", accept: Collection[int] = (), **parts: Any) -> Answer:
        """Ask. ``parts``: ``params``, ``headers``, and ``json`` (encoded here) or ``body`` (bytes).

        ``accept`` are statuses that the caller understands by itself ("404 is a no").
        """
        return self._call(self._request(method, path, writing=False, **parts), accept)

    def write(self, path: str = "", *, method: str = "POST", **parts: Any) -> Answer:
        """Change something at the other side. The same ``parts`` as ``read``."""
        return self._call(self._request(method, path, writing=True, **parts))

    def begin(self, path: str = "", *, method: str = "POST", **parts: Any) -> Begun:
        """Send a write, and leave its answer on the wire until ``finish``, so that others can be sent meanwhile."""
        request = self._request(method, path, writing=True, **parts)
        return self._send(request, self._signed(request))

    def finish(self, begun: Begun) -> Answer:
        """The answer to what was begun, judged as that of ``write``. Once for each.

        A login that has run out is renewed, but what was begun long ago is not sent again from here: all that is
        under way ends within the patience of the connector.
        """
        answer = self._end(begun)
        is_late = time.monotonic() - begun.at > self.timeouts.total
        if answer.status == 401 and is_late and self._renew(begun.at):
            raise Unreachable(f"{answer.url} asked for a new login; it is too late to send this again at once.")
        return self._judged(begun.request, answer, sent_at=begun.at)

    def close(self) -> None:
        self.transport.close()

    def ask_token(self, url: str, form: Mapping[str, str], auth: Auth) -> Any:
        """The decoded answer of a token service, which sees no other authentication than ``auth``."""
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        request = Request("POST", url, {}, headers, urlencode(form).encode())
        auth.apply(request)
        answer = self._exchange(request)
        if error := default_error(answer):
            raise error
        return answer.json()

    # --- one call --------------------------------------------------------------------------------------

    def _request(
        self,
        method: str,
        path: str,
        *,
        writing: bool,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
    ) -> Request:
        all_headers = {**self.headers, **(headers or {})}
        if json is not None:
            body = encode_json(json)
            all_headers.setdefault("Content-Type", "application/json")
        texts = {name: str(value) for name, value in (params or {}).items()}
        return Request(method, self._url(path), texts, all_headers, body, writing)

    def _call(self, request: Request, accept: Collection[int] = ()) -> Answer:
        return self._judged(request, self._authenticated(request), accept)

    def _judged(
        self, request: Request, answer: Answer, accept: Collection[int] = (), *, sent_at: float = math.inf
    ) -> Answer:
        if answer.status == 401 and self._renew(sent_at):
            answer = self._authenticated(request)
        for _ in range(REDIRECTS):
            if answer.status not in (301, 302, 303, 307, 308) or request.writing:
                break
            request = self._redirected(request, answer)
            answer = self._authenticated(request)
        error = None if answer.status in accept else self.error_for(answer)
        if error:
            raise error
        return answer

    def _renew(self, sent_at: float) -> bool:
        """Once for all that were sent under the old login: a token service must not be asked for each of them."""
        if self._renewed_at > sent_at:
            return True
        is_new = self.auth.renew()
        self._renewed_at = time.monotonic() if is_new else self._renewed_at
        return is_new

    def _authenticated(self, request: Request) -> Answer:
        return self._exchange(self._signed(request))

    def _signed(self, request: Request) -> Request:
        signed = replace(request, params=dict(request.params), headers=dict(request.headers))
        self.auth.apply(signed)
        return signed

    def _exchange(self, signed: Request) -> Answer:
        return self._end(self._send(signed, signed))

    def _send(self, request: Request, signed: Request) -> Begun:
        """A request on the wire. What fails is said when the answer is asked for."""
        begun = Begun(request, signed, time.monotonic())
        try:
            check_headers(signed.headers)
            begun.response = self.transport.send(signed.method, signed.address, signed.headers, signed.body)
        except ConnectorError as error:
            begun.failure = error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            begun.failure = self._lost(signed, error)
        return begun

    def _end(self, begun: Begun) -> Answer:
        """The whole answer, seen by the tap whatever becomes of it."""
        answer, failure = None, begun.failure
        try:
            answer = None if failure else self._received(begun)
        except ConnectorError as error:
            failure = error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            failure = self._lost(begun.signed, error)
        if self.tap is not no_tap:
            seen = (begun.signed, answer, time.monotonic() - begun.at)
            self.tap(Heard(answer.status if answer else 0, self._seen, seen))
        if answer is None:
            raise failure from None  # type: ignore[misc]
        return answer

    def _received(self, begun: Begun) -> Answer:
        request, response, started = begun.signed, begun.response, time.monotonic()
        body, size = [], 0
        try:
            while chunk := response.read1(CHUNK, decode_content=True):
                body.append(chunk)
                size += len(chunk)
                if size > self.limit:
                    raise self._unanswered(request, f"answered with more than {self.limit} bytes", lasting=True)
                if time.monotonic() - started > self.timeouts.total:
                    raise Overdue
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return Answer(
            response.status,
            response.headers,
            b"".join(body),
            request.method,
            self._shown(request),
            request.writing,
        )

    def _redirected(self, request: Request, answer: Answer) -> Request:
        """A read may be sent on within its origin; elsewhere it would carry our credentials."""
        url = urljoin(request.url, answer.headers.get("Location", ""))
        if origin(url) != origin(request.url):
            raise Misconfigured(
                f"{answer.url} sends us on to {self.redactor.url(url).partition('?')[0]}, another system; "
                "if that is the right address, put it into the settings of the connection."
            )
        method = "GET" if answer.status == 303 else request.method
        return replace(request, url=url, params={}, method=method)

    # --- words for what went wrong -----------------------------------------------------------------------

    def _lost(self, request: Request, error: Exception) -> ConnectorError:
        """No complete answer came after the request could have been sent."""
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
            return Misconfigured(f"The request to {self._shown(request)} cannot be made: it is not valid HTTP.")
        if isinstance(error, Overdue):
            return self._unanswered(request, f"did not finish within {self.timeouts.total:g} s")
        return self._unanswered(request, "did not answer completely", detail=type(error).__name__)

    def _unanswered(self, request: Request, what: str, **options: Any) -> ConnectorError:
        return no_answer(self._shown(request), request.writing, what, **options)

    def _shown(self, request: Request) -> str:
        return self.redactor.url(request.url.partition("?")[0])

    def _seen(self, request: Request, answer: Answer | None, seconds: float) -> Exchange:
        hide = self.redactor
        return Exchange(
            request.method,
            hide.url(request.address),
            answer.status if answer else 0,
            seconds * 1000,
            hide.headers(request.headers),
            hide.body(request.body),
            hide.headers(answer.headers) if answer else {},
            hide.body(answer.body) if answer else "",
        )

    def _url(self, path: str) -> str:
        """``path`` under the base, or an absolute address of the same origin (a "next" link)."""
        if "://" not in path and not path.startswith("//"):
            return f"{self.base_url}/{path.lstrip('/')}" if path else self.base_url
        url = urljoin(self.base_url, path)
        if origin(url) != origin(self.base_url):
            raise Misconfigured(
                f"The address {self.redactor.url(url).partition('?')[0]} belongs to another system than "
                f"{self.redactor.url(self.base_url)}; our credentials are not sent there."
            )
        return url
