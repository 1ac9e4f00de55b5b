"""A real HTTP system that lists its records two a page, and says from when on it was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PAGE = 2


class Listing:
    """``GET /results?page=2&since=…``: ``rows`` that changed at or after ``since``, in the order they stand in."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []  # the parameters of each request
        self.url = ""

    def __enter__(self) -> Listing:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def add(self, *numbers: int) -> None:
        """Results with these numbers, each changed in the second of its number."""
        for number in numbers:
            changed = f"2026-01-01T00:00:{number:02}Z"
            self.rows.append({"sample": f"S-{number}", "lot": f"L-{number}", "verdict": "OK", "changed": changed})

    def page(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        self.asked.append(asked)
        found = [row for row in self.rows if row["changed"] >= asked.get("since", "")]
        start = (int(asked.get("page", 1)) - 1) * PAGE
        return found[start : start + PAGE]


def _handler_of(listing: Listing) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(listing.page(dict(parse_qsl(urlsplit(self.path).query)))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler
