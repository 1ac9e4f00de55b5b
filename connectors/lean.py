"""Plain HTTP/1.1 over kept sockets, for JSON at speed: a tenth of the CPU of a session.

No cookies, no hooks: a client belongs to one thread, which may have several requests under way, each on a socket of
its own. The head and the body of a request leave in one packet. A kept socket that the other side has closed is
seen before the request and made anew; once a byte has left, nothing is ever sent twice from here.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from .lean_answer import LeanAnswer
from .network import NetworkPolicy
from .transport import Overdue, Timeouts, Tls, tls_failure

RECEIVE = 64 * 1024  # bytes
LEAST = 0.05  # seconds that reading waits for what has begun to come
SAFE = "!#$%&'()*+,/:;=?@[]~"  # of a target: what is left as it is
KEEP_ALIVE = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1))


class LeanTransport:
    """One conversation with each origin that it is sent to (the system, and perhaps its token service)."""

    def __init__(self, policy: NetworkPolicy, timeouts: Timeouts, tls: Tls) -> None:
        self.policy, self.timeouts, self.tls = policy, timeouts, tls
        self._idle: dict[str, list[_Line]] = {}

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> LeanAnswer:
        """The answer, still on the wire: it comes as it is read. What fails while connecting was not sent."""
        scheme, _, rest = url.partition("://")
        authority, slash, target = rest.partition("/")
        idle = self._idle.setdefault(f"{scheme}://{authority}", [])
        line = _usable(idle) or _Line(f"{scheme}://{authority}", self.policy, self.timeouts, self.tls)
        answer = LeanAnswer(line, lambda: idle.append(line))
        answer.ask(_request(method, f"{slash or '/'}{target}", line.host, headers, body), method)
        return answer

    def close(self) -> None:
        for idle in self._idle.values():
            for line in idle:
                line.close()
        self._idle.clear()


def _usable(idle: list[_Line]) -> _Line | None:
    """The socket that was used last, if the other side keeps it open; those that it has closed are put away."""
    while idle:
        line = idle.pop()
        if not line.has_bytes():
            return line
        line.close()
    return None


class _Line:
    """An open socket to one origin. ``receive`` gives up when the whole exchange has taken too long.

    Silence counts from the last byte that was sent or received, also while others are read: those that are under way
    together and hang cost one time-out together.
    """

    def __init__(self, origin: str, policy: NetworkPolicy, timeouts: Timeouts, tls: Tls) -> None:
        parts = urlsplit(origin)
        name = parts.hostname or ""
        self.host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
        self.timeouts, self.deadline, self.heard_at = timeouts, 0.0, 0.0
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self._socket = policy.connect(name, port, timeout=timeouts.connect, options=KEEP_ALIVE)
        if parts.scheme == "https":
            self._socket = _secured(self._socket, name, tls)
        self._readable = select.poll()
        self._readable.register(self._socket, select.POLLIN)

    def has_bytes(self) -> bool:
        """Something can be read at once. Before a request: the other side has closed it, or said what nobody asked."""
        return bool(self._readable.poll(0))

    def send(self, data: bytes) -> None:
        self.deadline = time.monotonic() + self.timeouts.total
        self._socket.settimeout(self.timeouts.read)
        self._socket.sendall(data)
        self.heard_at = time.monotonic()

    def receive(self) -> bytes:
        """What came next; empty at the end. What lies here already is not overdue: others were read before it."""
        left = min(self.deadline, self.heard_at + self.timeouts.read) - time.monotonic()
        if left <= 0 and not self.has_bytes():
            raise Overdue
        self._socket.settimeout(max(left, LEAST))
        data = self._socket.recv(RECEIVE)
        self.heard_at = time.monotonic()
        return data

    def close(self) -> None:
        self._socket.close()


def _secured(plain: socket.socket, host: str, tls: Tls) -> ssl.SSLSocket:
    """TLS on top; a failure here is one before anything was sent."""
    try:
        context = ssl.create_default_context(cafile=tls.trusted)
        if tls.cert_file:
            context.load_cert_chain(tls.cert_file, tls.key_file or None)
        return context.wrap_socket(plain, server_hostname=host)
    except (OSError, ValueError) as error:
        failure = tls_failure(host, error)
    plain.close()
    raise failure  # outside of the handler: no secret of an address in its context


def _request(method: str, target: str, host: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    lines = [f"{method} {quote(target, safe=SAFE)} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body or b'')}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + (body or b"")
