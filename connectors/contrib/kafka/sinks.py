"""Messages to a topic, with acks=all: in every in-sync copy before it counts.

What is promised where an answer is lost: *none*. A producer's idempotence covers what librdkafka repeats by
itself; it ends with the producer, and a topic cannot be asked by key. The hub's key travels in the header
idempotency-key; only where everybody who reads there drops what came before (the setting
``readers_drop_repeats``) is it safe to send again: *native*.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.batched import BatchedSink
from connectors.errors import ConnectorError, OutcomeUnknown, RecordRejected, Unreachable
from connectors.exact_json import encoded
from connectors.places import fill
from connectors.records import Receipt, Record

from .client import library, not_delivered
from .settings import Target

if TYPE_CHECKING:
    from .connector import Kafka

SLACK = 2.0  # seconds beyond the delivery time-out until its report must be here


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way."""

    key: str  # of the hub
    message_key: bytes
    body: bytes


class TopicSink(BatchedSink):
    """A hundred messages are under way at once; each has its own report."""

    connector: Kafka
    name: ClassVar[str] = "topic"
    at_once = 100
    target: ClassVar[Target]

    def _prepared(self, record: Record, key: str) -> Outgoing | ConnectorError:
        """The message, or why this record cannot be one."""
        try:
            body = encoded(record.data)
            message_key = fill(self.target.key, record=record, key=key)
        except ConnectorError as error:
            return error
        if len(body) > self.target.max_bytes:
            return RecordRejected(f"The message has {len(body)} bytes; at most {self.target.max_bytes} are sent.")
        return Outgoing(key, message_key.encode("utf-8", "surrogatepass"), body)

    def _published(self, messages: Sequence[Outgoing]) -> dict[str, Receipt | ConnectorError]:
        """Outcomes by key. The topic is looked at first: what fails there has sent nothing, and leaves no doubt."""
        producer = self.connector.producer(self.target.topic)
        outcomes: dict[str, Receipt | ConnectorError] = {}
        for message in messages:
            try:
                self._send(producer, message, outcomes)
            except BufferError:
                outcomes[message.key] = Unreachable("Not sent, since too much is waiting for Kafka already.")
            except library().KafkaException as error:  # refused by the library itself, which has sent nothing
                outcomes[message.key] = not_delivered(error.args[0], self.connector.where)
        ends = time.monotonic() + self.connector.settings.timeout + SLACK
        while len(outcomes) < len(messages) and time.monotonic() < ends:
            producer.poll(0.1)
        unknown = OutcomeUnknown(f"{self.connector.where} did not say what became of the message.")
        return {message.key: outcomes.get(message.key, unknown) for message in messages}

    def _send(self, producer: Any, message: Outgoing, outcomes: dict[str, Receipt | ConnectorError]) -> None:
        def reported(error: Any, sent: Any) -> None:
            outcomes[message.key] = (
                self._receipt(message, sent) if error is None else not_delivered(error, self.connector.where)
            )

        producer.produce(
            self.target.topic,
            value=message.body,
            key=message.message_key,
            headers=[("idempotency-key", message.key.encode()), ("content-type", b"application/json")],
            on_delivery=reported,
        )

    def _receipt(self, message: Outgoing, sent: Any) -> Receipt:
        """Where it stands."""
        return Receipt(f"{sent.topic()}/{sent.partition()}/{sent.offset()}")


class RepeatableSink(TopicSink):
    """Where the readers know a message by its header, writing twice is writing once; it stands where they found it
    first, so that the receipt names it by the key."""

    name: ClassVar[str] = "repeatable"
    idempotent = True

    def _receipt(self, message: Outgoing, sent: Any) -> Receipt:
        return Receipt(message.key)


def topic_sink(name: str, target: Target) -> type[TopicSink]:
    """The class of one declared sink."""
    kind = RepeatableSink if target.readers_drop_repeats else TopicSink
    return type(kind.__name__, (kind,), {"name": name, "target": target})
