"""A queue as pages of records.

Messages are fetched one by one (``basic.get``): the broker then never holds out more than one page to us,
which bounds a page by count *and* by bytes (a consumer's prefetch counts messages only), and "the queue is
empty" is an answer and not a silence. A page is acknowledged in ``committed``. What was fetched and not
acknowledged goes back to its place in the queue when the reading ends, or when the broker loses us; the hub
knows it again by its identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.base import Stream
from connectors.queued import record_of
from connectors.records import BrokenRecord, Checkpoint, Page, Record

from .session import faults
from .settings import Source

if TYPE_CHECKING:
    from .connector import RabbitMq

TELLING = (
    "correlation_id",
    "type",
    "app_id",
    "reply_to",
    "timestamp",
)  # properties that tell messages without id apart


class QueueStream(Stream):
    """One queue. There is no place to go on from: what was acknowledged is gone, what was not comes again."""

    connector: RabbitMq
    name: ClassVar[str] = "queue"
    identity: ClassVar[tuple[str, ...]] = ("message_id",)
    cursor = "delivery"
    reads_again = False  # what was read has left the queue
    source: ClassVar[Source]

    def __init__(self, connector: RabbitMq) -> None:
        super().__init__(connector)
        self._numbers = count(1)
        self._readings: dict[int, _Reading] = {}

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        number = next(self._numbers)
        reading = self._readings[number] = _Reading(self.connector, self.source)
        try:
            while messages := reading.page():
                records = tuple(self._record(message) for message in messages)
                yield Page(records, Checkpoint(None), {"reading": number, "last": reading.last})
        finally:
            del self._readings[number]
            reading.close()

    def committed(self, page: Page) -> None:
        """Acknowledge the page; nothing where its reading is over, for then its messages are in the queue again."""
        reading = self._readings.get(page.settle["reading"])
        if reading is not None:
            reading.acknowledge(page.settle["last"])

    def waiting(self) -> int:
        """How many messages are ready. Raises ``Misconfigured`` where there is no such queue."""
        return self.connector.look("queue", self.source.queue)

    def _record(self, message: Any) -> Record | BrokenRecord:
        name, seconds = _identity(message), message.properties.get("timestamp")
        return record_of(
            message.body,
            what=f"The message {name!r} of the queue {self.source.queue!r}",
            identity=(name,),
            place=(self.source.queue, name),
            max_bytes=self.source.max_bytes,
            changed_at=_moment(seconds) if seconds else None,
        )


class _Reading:
    """One channel: what it fetched belongs to it until it is acknowledged."""

    def __init__(self, connector: RabbitMq, source: Source) -> None:
        self.connector, self.source, self.faults = connector, source, faults()
        self.last = self.acknowledged = 0  # delivery tags, which a channel counts from 1
        with connector.talking():
            self.channel = connector.session.channel()
            self.channel.auto_decode = False

    def page(self) -> list[Any]:
        """Messages until the page is full or the queue is empty; none where it was empty at once."""
        found: list[Any] = []
        size = 0
        with self.connector.talking():
            while len(found) < self.source.page_size and size < self.source.page_bytes:
                message = self.channel.basic_get(self.source.queue)
                if message is None:
                    break
                message.body = message.body or b""  # py-amqp has an empty body as text
                found.append(message)
                size += len(message.body)
                self.last = message.delivery_info["delivery_tag"]
        return found

    def acknowledge(self, last: int) -> None:
        """All up to this tag. A tag that is acknowledged twice would end the channel."""
        if last <= self.acknowledged:
            return
        with self.connector.talking():
            self.channel.basic_ack(last, multiple=True)
        self.acknowledged = last

    def close(self) -> None:
        """The broker takes back what was not acknowledged; also where the connection is what failed."""
        with suppress(*self.faults):
            if self.channel.is_open:
                self.channel.close()


def queue_stream(name: str, source: Source) -> type[QueueStream]:
    """The class of one declared stream."""
    return type(QueueStream.__name__, (QueueStream,), {"name": name, "source": source})


def _identity(message: Any) -> str:
    """Its id, else a digest of what a redelivery repeats: body, properties of its sender, routing key."""
    given = str(message.properties.get("message_id") or "")
    if given and _is_text(given):
        return given
    known = (str(message.properties.get(name, "")) for name in TELLING)
    parts = [message.delivery_info["routing_key"], *known, *([given] if given else [])]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass") + b"\0" + message.body)
    return f"sha256:{digest.hexdigest()}"


def _is_text(name: str) -> bool:
    """py-amqp lets half a character pass, which no database takes."""
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _moment(seconds: Any) -> datetime | None:
    """AMQP has whole seconds since 1970; some senders write milliseconds, or nonsense, which is no time."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
