"""A topic as pages of records.

The hub's checkpoint, saved with each page, says where to go on: one offset a partition. The same offsets are
committed to the consumer group only in ``committed``, for those who watch the lag, and as the place to begin
where the hub has no checkpoint. One reader a stream is the hub's own rule, so the partitions are assigned and
not shared out by the group: nothing rebalances, and nobody else's members can take our place.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.base import Stream
from connectors.errors import Misconfigured, Unreachable
from connectors.queued import record_of
from connectors.records import BrokenRecord, Checkpoint, Page, Record

from .client import explained, library
from .settings import Source

if TYPE_CHECKING:
    from .connector import Kafka

QUIET = 0.05  # seconds without a message after which a page that has some is full enough


class TopicStream(Stream):
    """All partitions of one topic, from their checkpoint to their end."""

    connector: Kafka
    name: ClassVar[str] = "topic"
    identity: ClassVar[tuple[str, ...]] = ("topic", "partition", "offset")
    cursor = "offset"
    reads_again = False  # the checkpoint is exact
    source: ClassVar[Source]

    def __init__(self, connector: Kafka) -> None:
        super().__init__(connector)
        self._numbers = count(1)
        self._readings: dict[int, _Reading] = {}

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        number = next(self._numbers)
        reading = self._readings[number] = _Reading(self.connector, self.source, _saved(since, self.source.topic))
        try:
            reading.begin()
            while found := reading.page():
                records = tuple(one if isinstance(one, BrokenRecord) else self._record(one) for one in found)
                offsets = {str(partition): offset for partition, offset in sorted(reading.offsets.items())}
                cursor = {"topic": self.source.topic, "offsets": offsets}
                yield Page(records, Checkpoint(cursor), {"reading": number, "offsets": offsets})
        finally:
            del self._readings[number]
            reading.close()

    def committed(self, page: Page) -> None:
        """Tell the group how far we are; nothing where the reading is over, for the checkpoint is what counts."""
        reading = self._readings.get(page.settle["reading"])
        if reading is not None:
            reading.commit(page.settle["offsets"])

    def _record(self, message: Any) -> Record | BrokenRecord:
        topic, partition, offset = message.topic(), str(message.partition()), str(message.offset())
        what = f"The message {partition}/{offset} of the topic {topic!r}"
        place = (topic, partition, offset)
        if message.value() is None:
            return BrokenRecord(place, message.key() or b"", f"{what} has no value; it marks a key as deleted.")
        given = _header(message, self.source.id_header)
        return record_of(
            message.value(),
            what=what,
            identity=(given,) if given else place,
            place=place,
            max_bytes=self.source.max_bytes,
            changed_at=_moment(message),
        )


class _Reading:
    """One consumer. ``offsets``: for each partition the next one to read, once it is known."""

    def __init__(self, connector: Kafka, source: Source, offsets: dict[int, int]) -> None:
        self.connector, self.source, self.offsets = connector, source, offsets
        self.at_end: set[int] = set()
        self.partitions: list[int] = []
        self.consumer: Any = None

    def begin(self) -> None:
        """Assign every partition: from the checkpoint, else from the group's offset, else from its beginning."""
        self.partitions = self.connector.partitions(self.source.topic)
        ahead = max(self.source.page_bytes // 1024, 1024)
        self.consumer = self.connector.consumer(
            self.source.group,
            **{
                "auto.offset.reset": "error",  # an offset that is gone is said, never skipped in silence
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 50,
                "queued.max.messages.kbytes": ahead,
                "fetch.max.bytes": ahead * 1024,
                "max.partition.fetch.bytes": min(ahead * 1024, 1024 * 1024),
            },
        )
        with self.connector.talking():
            unknown = [self._place(one) for one in self.partitions if one not in self.offsets]
            known = self.consumer.committed(unknown, timeout=self.connector.settings.timeout) if unknown else []
            self.offsets |= {one.partition: one.offset for one in known if one.offset >= 0}
            self._assign()

    def _assign(self) -> None:
        """From here on, whatever the consumer has fetched ahead."""
        first = library().OFFSET_BEGINNING
        self.consumer.assign([self._place(one, self.offsets.get(one, first)) for one in self.partitions])

    def page(self) -> list[Any]:
        """Messages, and gaps as broken records, until the page is full or every partition was read to its end."""
        found: list[Any] = []
        size, patience = 0, self.connector.settings.timeout
        ends = time.monotonic() + patience
        while len(found) < self.source.page_size and size < self.source.page_bytes:
            if len(self.at_end) >= len(self.partitions):
                break
            with self.connector.talking():
                message = self.consumer.poll(QUIET if found else 0.5)
            if message is None:
                if found:
                    break
                if time.monotonic() > ends:
                    raise Unreachable(f"{self.connector.where} sent nothing for {patience} s, not even an end.")
            elif message.error() is not None:
                found += self._told(message)
            else:
                found.append(message)
                size += len(message.value() or b"")
                self.offsets[message.partition()] = message.offset() + 1
        return found

    def _told(self, message: Any) -> list[BrokenRecord]:
        """An event in the place of a message: an end, a gap, or a failure, which is raised."""
        name, partition = message.error().name(), message.partition()
        if name == "_PARTITION_EOF":
            self.at_end.add(partition)
            return []
        if name == "_AUTO_OFFSET_RESET" and partition in self.offsets:
            return [self._gap(partition, self.offsets[partition])]
        raise explained(message.error(), self.connector.where)

    def _gap(self, partition: int, wanted: int) -> BrokenRecord:
        """What Kafka deleted before we read it is kept as a fact, and the reading goes on behind it."""
        topic, patience = self.source.topic, self.connector.settings.timeout
        with self.connector.talking():
            first, _ = self.consumer.get_watermark_offsets(self._place(partition), timeout=patience)
        if wanted >= first:
            raise Misconfigured(
                f"The topic {topic!r} ends before offset {wanted} of partition {partition}, which the hub has read: it "
                "was deleted and made anew. Declare it as a stream of another name to read it from its start."
            )
        self.offsets[partition] = first
        with self.connector.talking():
            self._assign()
        reason = (
            f"The messages {wanted} to {first - 1} of partition {partition} of the topic {topic!r} were deleted there "
            "before the hub read them: the time or the size that the topic is kept for is too short."
        )
        return BrokenRecord((topic, str(partition), f"{wanted}-{first - 1}"), b"", reason)

    def commit(self, offsets: dict[str, int]) -> None:
        """The same twice is the same."""
        places = [self._place(int(partition), offset) for partition, offset in offsets.items()]
        with self.connector.talking():
            done = self.consumer.commit(offsets=places, asynchronous=False)
        for one in done:
            if one.error is not None:
                raise explained(one.error, self.connector.where)

    def close(self) -> None:
        if self.consumer is not None:
            self.consumer.close()

    def _place(self, partition: int, offset: int | None = None) -> Any:
        kind = library().TopicPartition
        return kind(self.source.topic, partition) if offset is None else kind(self.source.topic, partition, offset)


def topic_stream(name: str, source: Source) -> type[TopicStream]:
    """The class of one declared stream."""
    return type(TopicStream.__name__, (TopicStream,), {"name": name, "source": source})


def _saved(since: Checkpoint | None, topic: str) -> dict[int, int]:
    """Offsets of one topic mean nothing in another, to which the stream may have been pointed since."""
    cursor = (since.cursor if since else None) or {}
    if cursor.get("topic") != topic:
        return {}
    return {int(partition): int(offset) for partition, offset in cursor["offsets"].items()}


def _header(message: Any, name: str) -> str:
    """Text of the last header of that name; "" where there is none, or it is no text."""
    values = [value for key, value in message.headers() or () if key == name] if name else []
    last = values[-1] if values else None
    return last.decode("utf-8", "backslashreplace") if isinstance(last, bytes) else str(last or "")


def _moment(message: Any) -> datetime | None:
    kind, milliseconds = message.timestamp()
    if kind == library().TIMESTAMP_NOT_AVAILABLE:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
