"""A small quality system on a real socket, and servers that break in exact ways."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.network import NetworkPolicy

HERE = NetworkPolicy(("127.0.0.0/8",))
KEY = "a-key-nobody-may-see"
PAGE = 4


class Target:
    """CAPAs: listed by ``modified_since`` (inclusive, sorted), four a page; written with an idempotency key.

    ``status`` answers everything with that status; ``drop`` applies the next write and hangs up.
    """

    def __init__(self) -> None:
        self.capas: list[dict[str, Any]] = []
        self.by_key: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.peers: set[tuple[str, int]] = set()  # the client's end of every connection
        self.status = 0
        self.drop = False
        self.honours_key = True
        self.url = ""

    def add(self, **data: Any) -> dict[str, Any]:
        number = len(self.capas) + 1
        changed = f"2026-03-01T10:{number // 2:02}:00Z"  # two share a second, as on whole-second clocks
        capa = {"modified_at": changed, "score": 1.50, **data, "id": number}
        self.capas.append(capa)
        return capa

    def answer(self, method: str, path: str, params: dict, headers: dict, body: bytes) -> tuple[int, Any]:
        if self.status:
            return self.status, {"errors": [{"field": "title", "detail": "too short"}]}
        if headers.get("x-api-key") != KEY:
            return 401, {"error": f"bad key {headers.get('x-api-key')}"}
        if path == "/api/whoami":
            return 200, {"user": "hub"}
        if path != "/api/capas":
            return 404, {}
        return self.create(headers, json.loads(body)) if method == "POST" else (200, self.listed(params))

    def create(self, headers: dict, data: dict) -> tuple[int, Any]:
        key = headers.get("idempotency-key", "")
        if key and self.honours_key and key in self.by_key:
            return 200, self.by_key[key]
        created = self.by_key[key] = self.add(**data)
        return 201, created

    def listed(self, params: dict) -> Any:
        if "ref" in params:
            return {"data": [capa for capa in self.capas if capa.get("ref") == params["ref"]]}
        since = params.get("modified_since", "")
        found = [capa for capa in self.capas if (capa["modified_at"] or "") >= since]
        page = int(params.get("page", 1))
        rest = found[(page - 1) * PAGE :]
        query = "&".join(f"{name}={value}" for name, value in params.items() if name != "page")
        following = f"{self.url}/api/capas?{query}&page={page + 1}" if len(rest) > PAGE else None
        return {"data": rest[:PAGE], "links": {"next": following}}


def handler_of(target: Target) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            parts = urlsplit(self.path)
            target.peers.add(self.client_address)
            target.requests.append((self.command, self.path, headers, body))
            status, said = target.answer(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            if target.drop and self.command != "GET":
                target.drop, self.close_connection = False, True
                return
            payload = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_PATCH = handle_any

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def target() -> Iterator[Target]:
    target = Target()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(target)) as server:
        server.daemon_threads = True
        target.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield target
        server.shutdown()
        thread.join()


@pytest.fixture
def closed_url() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


class Wire(socketserver.ThreadingTCPServer):
    """Answers each request with the bytes of ``say``, then hangs up; ``heard`` has what came."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, say: Callable[[bytes], bytes]) -> None:
        self.heard: list[bytes] = []
        self.released = threading.Event()  # lets a silent handler go at the end of the test
        super().__init__(("127.0.0.1", 0), self.handler(say))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handler(self, say: Callable[[bytes], bytes]) -> type[socketserver.BaseRequestHandler]:
        wire = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                head = b""
                while not head.endswith(b"\r\n\r\n") and (line := self.rfile.readline()):
                    head += line
                wire.heard.append(head)
                answer = say(head)
                if answer:
                    self.wfile.write(answer)
                else:
                    wire.released.wait(10)

        return Handler


@pytest.fixture
def wire() -> Iterator[Callable[[bytes | Callable[[bytes], bytes]], Wire]]:
    """``wire(b"HTTP/1.1 …")`` starts a server that says exactly this; ``wire(b"")`` one that says nothing."""
    opened: list[tuple[Wire, threading.Thread]] = []

    def start(say: bytes | Callable[[bytes], bytes]) -> Wire:
        server = Wire(say if callable(say) else lambda head: say)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        opened.append((server, thread))
        return server

    yield start
    for server, thread in opened:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def here() -> NetworkPolicy:
    """A policy that lets tests reach their own servers."""
    return HERE


@pytest.fixture
def api_key() -> str:
    return KEY
