"""Records published to a topic at QoS 1, a PUBACK awaited for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from connectors.base import Sink
from connectors.errors import RecordRejected, Unreachable
from connectors.records import Receipt, Record

from . import verdicts
from .settings import FILLED, Target

KEY_PROPERTY = "idempotency-key"
EXACT = msgspec.json.Encoder(decimal_format="number")


class TopicSink(Sink):
    """A broker cannot be asked what it was sent, and takes a second message as a second message: no guarantee."""

    name: ClassVar[str] = "topic"
    target: ClassVar[Target]

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        topic, content = self._topic(record.data), self._content(record.data, idempotency_key)
        session = self.connector.writer()
        key = ((KEY_PROPERTY, idempotency_key),)
        code = session.publish(topic, content, retain=self.target.retain, properties=key)
        if code == verdicts.NOBODY_SUBSCRIBED and self.target.needs_subscriber and not self.target.retain:
            raise Unreachable(f"{session.where} has nobody who subscribes to {topic!r}: the message reached no one.")
        return Receipt(f"{topic}#{idempotency_key}")

    def _topic(self, data: Mapping[str, Any]) -> str:
        return FILLED.sub(lambda found: _level(found[1], data.get(found[1])), self.target.topic)

    def _content(self, data: Mapping[str, Any], key: str) -> bytes:
        """Numbers keep every digit."""
        field = self.target.key_field
        if field and field in data:
            raise _refused(field, f"The record has a field {field!r} of its own, where the sink puts the key")
        try:
            return EXACT.encode({**data, field: key} if field else data)
        except (TypeError, ValueError) as error:  # a lone surrogate, or a value that is not JSON
            raise RecordRejected("The record cannot be written as JSON.", detail=type(error).__name__) from None


class KnownSink(TopicSink):
    """Where every reader drops what it has seen (``readers_drop_repeats``), writing twice is writing once."""

    name: ClassVar[str] = "topic_known"
    idempotent = True


def topic_sink(name: str, target: Target) -> type[TopicSink]:
    """The class of one declared sink."""
    kind = KnownSink if target.readers_drop_repeats else TopicSink
    return type(kind.__name__, (kind,), {"name": name, "target": target})


def _level(field: str, value: Any) -> str:
    """A value as one level of a topic: it must not open another one, nor be a wildcard."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or not set("/+#\0").isdisjoint(text) or not text.isprintable() or len(text) > 1000:
        raise _refused(field, f"The field {field!r} cannot be a level of the topic: it must be text without / + #")
    return text


def _refused(field: str, sentence: str) -> RecordRejected:
    return RecordRejected(f"{sentence}.", field_errors={field: sentence})
