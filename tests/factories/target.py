"""A real HTTP system as a message's target. It counts effects, and misbehaves when told to."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Target:
    """``effects`` are the records it holds, in order. ``honours_keys``: a repeated Idempotency-Key changes nothing."""

    def __init__(self, port: int = 0) -> None:
        self.effects: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.calls = 0
        self.honours_keys = True
        self.refuse_next = 0  # answers 503 without an effect
        self.drop_next = 0  # applies, then hangs up without an answer
        self.refuses_questions = False  # answers every GET with 400
        self.knows_us = True  # else it answers every GET with 401
        self.status_for: dict[str, int] = {}  # reference → status without an effect
        self.together: threading.Barrier | None = None  # a POST is answered once so many are under way
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Target:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def remember(self) -> Callable[[], None]:
        """What brings it back to how it is now."""
        kept = copy.deepcopy({name: value for name, value in vars(self).items() if not name.startswith("_")})
        return lambda: vars(self).update(copy.deepcopy(kept))

    def references(self) -> list[str]:
        return [effect["reference"] for effect in self.effects]

    def take(self, key: str, record: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """What a POST does: (status, answer), or None to hang up."""
        with self._lock:
            self.calls += 1
            if self.refuse_next:
                self.refuse_next -= 1
                return 503, {"error": "maintenance"}
            if record.get("reference") in self.status_for:
                return self.status_for[record["reference"]], {"error": "not taken"}
            if not (self.honours_keys and key in self.keys):
                self.effects.append(record)
                self.keys.append(key)
            if self.drop_next:
                self.drop_next -= 1
                return None
            return 201, {"id": str(self.keys.index(key) + 1)}

    def found(self, reference: str) -> dict[str, Any]:
        """What a GET answers: the records with that reference."""
        with self._lock:
            hits = [i for i, effect in enumerate(self.effects) if effect["reference"] == reference]
        return {"results": [{"id": str(i + 1), "reference": reference} for i in hits]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        target = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if target.together:
                    target.together.wait(5)
                answer = target.take(self.headers.get("Idempotency-Key", ""), json.loads(body))
                if answer is None:
                    self.close_connection = True
                    self.connection.close()
                else:
                    self._say(*answer)

            def do_GET(self) -> None:
                _, _, query = self.path.partition("reference=")
                if not target.knows_us:
                    self._say(401, {"error": "who are you"})
                elif target.refuses_questions:
                    self._say(400, {"error": "bad query"})
                else:
                    self._say(200, target.found(query))

            def _say(self, status: int, content: dict[str, Any]) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
