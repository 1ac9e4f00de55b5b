"""Publisher confirms: what the broker said of each message, and what it is honest to believe where it said nothing."""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.errors import ConnectorError, Misconfigured, OutcomeUnknown, RecordRejected, Unreachable
from connectors.records import Receipt

from .session import explained, faults, library
from .settings import Target

Outcome = Receipt | ConnectorError
GLANCE = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way; ``key`` is its message_id."""

    target: Target
    key: str
    routing_key: str
    body: bytes


class Publisher:
    """A channel in confirm mode. It is used no more once it ``is_broken``."""

    def __init__(self, session: Any, settings: Any) -> None:
        self.session, self.settings = session, settings
        self.is_broken = self.is_proven = False
        self._tags = 0  # the broker counts what it gets on a channel, from 1
        self._pending: dict[int, Outgoing] = {}
        self._verdicts: dict[str, Outcome] = {}
        self._returned: set[str] = set()
        self.channel = session.channel()
        self.channel.events["basic_return"].add(self._on_return)
        self.channel.events["basic_ack"].add(self._on_ack)
        self.channel.events["basic_nack"].add(self._on_nack)
        self.channel.confirm_select()

    def publish(self, messages: Sequence[Outgoing]) -> dict[str, Outcome]:
        """By key. The first message of a channel goes alone: if the exchange is missing or forbidden, the broker
        ends the channel, and only where one message is under way is it certain that none was applied."""
        self._verdicts = {}
        self._listen()
        first = 0 if self.is_proven else 1
        for part in (messages[:first], messages[first:]):
            if part and not self.is_broken:
                self._round(part)
        unsent = Unreachable(f"Not sent, since {self._where()} could not be sent the message before it.")
        return {message.key: self._verdicts.get(message.key, unsent) for message in messages}

    def _listen(self) -> None:
        """What the broker said since: a session that it has ended meanwhile is no reason for doubt. Nothing is sent."""
        if not self.session.connected or not self.channel.is_open:  # py-amqp would connect anew, to no purpose
            self.is_broken = True
            raise Unreachable(f"{self._where()} ended the session; nothing was sent.")
        waiting = select.poll()
        waiting.register(self.session.transport.sock, select.POLLIN)
        try:
            while waiting.poll(0):
                self.session.blocking_read(GLANCE)
        except TimeoutError:
            return  # half a frame, or bytes of TLS itself: the rest is read with the confirms
        except faults() as error:
            self.is_broken = True
            raise explained(error, self.settings) from None

    def _round(self, messages: Sequence[Outgoing]) -> None:
        """Send all, then hear of all. Whatever is pending when it fails may have been applied."""
        self._pending, self._returned = {}, set()
        try:
            self._send(messages)
            self._hear()
        except faults() as error:
            self.is_broken = True
            self._fail(error, is_alone=len(messages) == 1)
        else:
            self.is_proven = True

    def _send(self, messages: Sequence[Outgoing]) -> None:
        """Until all are sent, or sending has taken as long as an answer may."""
        ends, make = time.monotonic() + self.settings.timeout, library().Message
        for message in messages:
            if time.monotonic() > ends:
                self.is_broken = True
                break
            self._tags += 1
            self._pending[self._tags] = message
            properties = {"content_type": "application/json", "delivery_mode": 2, "message_id": message.key}
            self.channel.basic_publish(
                make(message.body, **properties),
                exchange=message.target.exchange,
                routing_key=message.routing_key,
                mandatory=True,  # what no queue takes comes back, instead of being confirmed and dropped
            )

    def _hear(self) -> None:
        ends = time.monotonic() + self.settings.timeout
        while self._pending:
            left = ends - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.session.drain_events(timeout=left)

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        """Comes before the confirm of the same message."""
        self._returned.add(str(message.properties.get("message_id", "")))

    def _on_ack(self, tag: int, multiple: bool) -> None:
        for message in self._settled(tag, multiple):
            was_returned = message.key in self._returned
            self._verdicts[message.key] = self._unrouted(message) if was_returned else Receipt(message.key)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        """The broker "refuses responsibility", https://www.rabbitmq.com/docs/confirms: for one queue nothing was
        applied. Behind an exchange there may be several, of which one refused and the others took it."""
        for message in self._settled(tag, multiple):
            if message.target.queue:
                refusal: ConnectorError = Unreachable(f"{self._where()} refused the message for now: a full queue?")
            else:
                refusal = OutcomeUnknown(f"{self._where()} refused the message, but some of its queues may have it.")
            self._verdicts[message.key] = refusal

    def _settled(self, tag: int, multiple: bool) -> list[Outgoing]:
        tags = [one for one in self._pending if one == tag or (multiple and one < tag)]
        return [self._pending.pop(one) for one in tags]

    def _unrouted(self, message: Outgoing) -> ConnectorError:
        """A fixed way that leads nowhere would lose every record; one made from the record only this one."""
        if message.target.queue:
            return Misconfigured(f"{self._where()} has no queue {message.target.queue!r}; nothing was applied.")
        sentence = (
            f"No queue takes what the exchange {message.target.exchange!r} gets with the routing key "
            f"{message.routing_key!r}; nothing was applied."
        )
        return RecordRejected(sentence) if "{" in message.target.routing_key else Misconfigured(sentence)

    def _fail(self, error: Exception, *, is_alone: bool) -> None:
        refused = isinstance(error, library().exceptions.ChannelError) and is_alone
        unknown = OutcomeUnknown(f"{self._where()} did not confirm the message.", detail=type(error).__name__)
        for message in self._pending.values():
            self._verdicts[message.key] = explained(error, self.settings) if refused else unknown
        self._pending = {}

    def _where(self) -> str:
        return f"RabbitMQ at {self.settings.host}"
