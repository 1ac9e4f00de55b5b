"""The load: eight clients on kept connections, as fast as they are answered, or at a given pace."""

from __future__ import annotations

import asyncio
import gc
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

CLIENTS = 8
ANSWER_SECONDS = 30.0
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """One request: the bytes on the wire, and the references of the messages in it."""

    wire: bytes
    references: tuple[str, ...]


@dataclass
class Sent:
    """What came of a load: when it began, and when each message was accepted (nanoseconds, monotonic)."""

    began: int = 0
    accepted: dict[str, int] = field(default_factory=dict)
    refused: list[bytes] = field(default_factory=list)


class Refusal(RuntimeError):
    """A system did not accept what it should have."""


def wire(port: int, path: str, body: bytes, media: str, token: str = "") -> bytes:
    """A POST as it goes over the wire."""
    login = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{login}Content-Type: {media}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class _Client(asyncio.Protocol):
    """A kept connection with one request under way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self.got, self.answer, self.asked = b"", None, 0.0

    def ask(self, data: bytes) -> asyncio.Future[bytes]:
        self.got, self.answer = b"", asyncio.get_running_loop().create_future()
        self.asked = time.monotonic()
        self.transport.write(data)
        return self.answer

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, found, rest = self.got.partition(b"\r\n\r\n")
        if found and self._is_whole(head, rest) and self.answer and not self.answer.done():
            self.answer.set_result(self.got)

    def connection_lost(self, error: Exception | None) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_exception(Refusal("The system closed the connection."))

    def give_up(self, asked_before: float) -> None:
        """On an answer that has been awaited since before that moment."""
        if self.answer and not self.answer.done() and self.asked < asked_before:
            self.answer.set_exception(Refusal(f"No answer within {ANSWER_SECONDS:.0f} seconds."))

    @staticmethod
    def _is_whole(head: bytes, rest: bytes) -> bool:
        size = _LENGTH.search(head)
        return len(rest) >= int(size[1]) if size else rest.endswith(b"0\r\n\r\n")


def run(port: int, lanes: Sequence[Sequence[Call]], *, pace: float = 0.0) -> Sent:
    """Send each lane over a connection of its own; ``pace`` is requests a second in all, 0 for all speed.

    The collector of garbage rests meanwhile: its pauses would count as the system's.
    """
    gc.collect()
    gc.disable()
    try:
        sent = asyncio.run(_run(port, lanes, pace))
    finally:
        gc.enable()
    if sent.refused:
        raise Refusal(f"{len(sent.refused)} requests were refused; the first: {sent.refused[0][:400]!r}")
    return sent


async def _run(port: int, lanes: Sequence[Sequence[Call]], pace: float) -> Sent:
    sent, loop = Sent(), asyncio.get_running_loop()
    clients = [(await loop.create_connection(_Client, "127.0.0.1", port))[1] for _ in lanes]
    sent.began = time.monotonic_ns()
    step = len(lanes) / pace if pace else 0.0
    turns = [
        _lane(client, calls, sent, step, first=step * place / len(lanes))
        for place, (client, calls) in enumerate(zip(clients, lanes, strict=True))
    ]
    watching = asyncio.create_task(_watch(clients))
    await asyncio.gather(*turns)
    watching.cancel()
    for client in clients:
        client.transport.close()
    return sent


async def _watch(clients: Sequence[_Client]) -> None:
    """A time-out a request would cost more than sending it."""
    while True:
        await asyncio.sleep(1)
        for client in clients:
            client.give_up(time.monotonic() - ANSWER_SECONDS)


async def _lane(client: _Client, calls: Sequence[Call], sent: Sent, step: float, first: float) -> None:
    """At its time or, where the answer came late, at once: what waits is not left out of the figures."""
    start = time.monotonic() + first
    for position, call in enumerate(calls):
        if step:
            await asyncio.sleep(max(0.0, start + position * step - time.monotonic()))
        answer = await client.ask(call.wire)
        now = time.monotonic_ns()
        if not answer.startswith(b"HTTP/1.1 20"):
            sent.refused.append(answer)
            continue
        sent.accepted.update(dict.fromkeys(call.references, now))
