"""Messages to a queue or an exchange, persistent, each confirmed by the broker.

What is promised where a confirm is lost: *none*. AMQP 0-9-1 knows no key that makes two messages one, and a
queue cannot be asked what it holds. The hub's key travels as message_id; only where everybody who reads there
drops what came before (the setting ``readers_drop_repeats``) is it safe to send again: *native*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from connectors.batched import BatchedSink
from connectors.errors import ConnectorError, RecordRejected
from connectors.exact_json import encoded
from connectors.places import fill
from connectors.records import Receipt, Record

from .publisher import Outgoing
from .settings import SHORT, Target

if TYPE_CHECKING:
    from .connector import RabbitMq


class QueueSink(BatchedSink):
    """A hundred messages are under way at once; each has its own confirm."""

    connector: RabbitMq
    name: ClassVar[str] = "queue"
    at_once = 100
    target: ClassVar[Target]

    def _prepared(self, record: Record, key: str) -> Outgoing | ConnectorError:
        """The message, or why this record cannot be one."""
        try:
            body = encoded(record.data)
            routing_key = self.target.queue or fill(self.target.routing_key, record=record, key=key)
        except ConnectorError as error:
            return error
        if len(body) > self.target.max_bytes:
            return RecordRejected(f"The message has {len(body)} bytes; at most {self.target.max_bytes} are sent.")
        for what, text in (("routing key", routing_key), ("idempotency key", key)):
            if len(text.encode("utf-8", "surrogatepass")) > SHORT:
                return RecordRejected(f"The {what} of the message is longer than {SHORT} bytes.")
        return Outgoing(self.target, key, routing_key, body)

    def _published(self, messages: Sequence[Outgoing]) -> dict[str, Receipt | ConnectorError]:
        return self.connector.publish(messages)


class RepeatableSink(QueueSink):
    """Where the readers know a message by its message_id, writing twice is writing once."""

    name: ClassVar[str] = "repeatable"
    idempotent = True


def queue_sink(name: str, target: Target) -> type[QueueSink]:
    """The class of one declared sink."""
    kind = RepeatableSink if target.readers_drop_repeats else QueueSink
    return type(kind.__name__, (kind,), {"name": name, "target": target})
