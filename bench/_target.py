"""The system that receives: applies a record once a key, and remembers when, so that loss and disorder show.

``python -m bench._target PORT``. POST /results applies; POST /reset forgets; GET /count and GET /report tell.
"""

from __future__ import annotations

import asyncio
import sys
import time
import urllib.request
from typing import Any

import orjson

HEAD_END = b"\r\n\r\n"


class Effects:
    """What was applied since the last reset. ``number`` must rise by one within each lot."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.repeats = self.out_of_order = 0

    def apply(self, record: dict[str, Any]) -> str:
        """The id of the object; a record that is known changes nothing."""
        reference = record["result"]
        if reference in self.at:
            self.repeats += 1
            return reference
        self.at[reference] = time.monotonic_ns()
        if record["number"] != self.last.get(record["lot"], 0) + 1:
            self.out_of_order += 1
        self.last[record["lot"]] = record["number"]
        return reference

    def report(self) -> dict[str, Any]:
        return {"at": self.at, "repeats": self.repeats, "out_of_order": self.out_of_order}


class Door(asyncio.Protocol):
    """One kept connection, as much HTTP/1.1 as our own senders speak."""

    effects = Effects()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (request := self._next()) is not None:
            self.transport.write(self._answer(*request))

    def _next(self) -> tuple[bytes, bytes] | None:
        """The request line and body of the first complete request."""
        head, found, rest = self.waiting.partition(HEAD_END)
        size = _length(head) if found else 0
        if not found or len(rest) < size:
            return None
        self.waiting = rest[size:]
        return head.partition(b"\r\n")[0], rest[:size]

    def _answer(self, line: bytes, body: bytes) -> bytes:
        if line.startswith(b"POST /results"):
            return _said(b"201 Created", b'{"id":"%b"}' % Door.effects.apply(orjson.loads(body)).encode())
        if line.startswith(b"GET /count"):
            return _said(b"200 OK", b"%d" % len(Door.effects.at))
        if line.startswith(b"GET /report"):
            return _said(b"200 OK", orjson.dumps(Door.effects.report()))
        Door.effects = Effects()
        return _said(b"200 OK", b"{}")


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _said(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % (status, len(body)) + body


class Target:
    """The running target, seen from the program that measures."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def reset(self) -> None:
        self._ask("/reset", b"{}")

    def count(self) -> int:
        return self._ask("/count")

    def report(self) -> dict[str, Any]:
        return self._ask("/report")

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}", data=body, timeout=10) as answer:
            return orjson.loads(answer.read())


async def serve(port: int) -> None:
    """Until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Door, "127.0.0.1", port, backlog=128)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
