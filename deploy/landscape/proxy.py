"""A proxy between the hub and a system that can lose the answer of a write after the system has applied it.

``proxy.py --listen 18601 --target http://127.0.0.1:18600`` passes everything on. Told through its own port
(never forwarded) at ``/_proxy``:

    POST /_proxy/drop?answers=1&match=internal.do   lose the answers of the next writes
    POST /_proxy/answer?status=503                  answer so and pass nothing on; 0 passes on again
    GET  /_proxy                                    what has happened so far, as JSON

A request counts as a write if its method is not GET and the regular expression ``match`` is found in its
path or body.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Orders:
    """What the proxy was told to do, and what it has done; shared by its threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answers, self.match, self.status = 0, "", 0
        self.passed = self.dropped = self.refused = 0

    def drop(self, answers: int = 1, match: str = "") -> None:
        with self.lock:
            self.answers, self.match = answers, match

    def takes_answer(self, method: str, text: str) -> bool:
        """Whether this request's answer is to be lost; counts it."""
        with self.lock:
            if method == "GET" or not self.answers or not re.search(self.match, text):
                return False
            self.answers -= 1
            self.dropped += 1
            return True

    def seen(self) -> dict:
        names = ("passed", "dropped", "refused", "answers", "match", "status")
        return {name: getattr(self, name) for name in names}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if urlsplit(self.path).path.startswith("/_proxy"):
            self._obey()
        elif status := self.server.orders.status:
            self.server.orders.refused += 1
            self._answer(status, [], b"The proxy was told to answer so.")
        else:
            self._pass_on(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def _pass_on(self, body: bytes) -> None:
        try:
            status, headers, content = self._ask_target(body)
        except OSError:
            return self._answer(502, [], b"The target does not answer.")
        text = self.path + body.decode("utf-8", "replace")
        if self.server.orders.takes_answer(self.command, text):
            self.close_connection = True
            return self.connection.close()
        self.server.orders.passed += 1
        return self._answer(status, headers, content)

    def _ask_target(self, body: bytes) -> tuple[int, list, bytes]:
        target = self.server.target
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _obey(self) -> None:
        url, orders = urlsplit(self.path), self.server.orders
        told = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path.endswith("/drop"):
            orders.drop(int(told.get("answers", 1)), told.get("match", ""))
        elif url.path.endswith("/answer"):
            orders.status = int(told["status"])
        self._answer(200, [("Content-Type", "application/json")], json.dumps(orders.seen()).encode())

    def _answer(self, status: int, headers: list, content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP | {"server", "date"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Nothing: what passes here may be a payload."""


class Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listen: int, target: str) -> None:
        super().__init__(("127.0.0.1", listen), Handler)
        self.orders = Orders()
        self.point_at(target)

    def point_at(self, target: str) -> None:
        self.target = urlsplit(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--target", required=True)
    options = parser.parse_args()
    Proxy(options.listen, options.target).serve_forever()
