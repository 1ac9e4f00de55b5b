"""Topics as pages of records, acknowledged once the hub has stored them.

The broker is the checkpoint: what was not acknowledged it sends again, also to the next process. The cursor only says
what the stream subscribed to, so that a session that the broker forgot, and a topic no longer named, are seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.base import Stream
from connectors.records import BrokenRecord, Checkpoint, Page

from .payload import Arrived, record_of
from .settings import Source

if TYPE_CHECKING:
    from .reader import Reader


class TopicStream(Stream):
    """What arrives on the topics of one declared stream."""

    name: ClassVar[str] = "topics"
    cursor = "session"
    reads_again = False  # what comes twice was not acknowledged, and is counted
    source: ClassVar[Source]

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        session = self.connector.reader(self.name, self.source)
        before, place = (since.cursor if since else None) or {}, self._place(session.client_id)
        same_client = before.get("client") == place["client"] and before.get("broker") == place["broker"]
        if same_client and (left := sorted(set(before["topics"]) - set(self.source.topics))):
            session.unsubscribe(left)
        forgotten = (self._forgotten(session),) if same_client and session.is_new else ()
        if before != place or forgotten:
            yield Page(forgotten, Checkpoint(place), {"session": session.token, "first": 0, "last": 0})
        after = 0
        while batch := self._batch(session, after):
            after = batch[-1].number
            records = tuple(record_of(message, self.source) for message in batch)
            yield Page(records, Checkpoint(place), {"session": session.token, "first": batch[0].number, "last": after})

    def committed(self, page: Page) -> None:
        """PUBACK each message of the page; of a session that is gone nothing, as the broker sends them again."""
        session = self.connector.open_reader(self.name)
        if session is None or session.token != page.settle["session"]:
            return
        session.is_new = False
        session.acknowledge(page.settle["first"], page.settle["last"])

    def _batch(self, session: Reader, after: int) -> list[Arrived]:
        source = self.source
        return session.batch(after, count=source.page_size, size=source.page_bytes, wait=source.wait_ms / 1000)

    def _place(self, client_id: str) -> dict[str, Any]:
        host, port = self.connector.settings.endpoint
        return {"broker": f"{host}:{port}", "client": client_id, "topics": sorted(self.source.topics)}

    def _forgotten(self, session: Reader) -> BrokenRecord:
        """Nothing to read, but somebody must know: what was published in between is gone."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        reason = (
            f"{session.where} had no session of {session.client_id!r} any more at {now}: it expired, or the broker was "
            "emptied. What was published since the stream last read may be missing; ask the senders."
        )
        return BrokenRecord((session.client_id, "session", now), b"", reason)


def topic_stream(name: str, source: Source) -> type[TopicStream]:
    """The class of one declared stream."""
    identity = source.identity or (source.topic_field, "digest")
    return type(TopicStream.__name__, (TopicStream,), {"name": name, "identity": identity, "source": source})
