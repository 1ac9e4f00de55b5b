"""A session that outlives its connection: what it is sent waits here until it is acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paho.mqtt.subscribeoptions import SubscribeOptions

from connectors.errors import Misconfigured, Unreachable

from . import verdicts
from .payload import Arrived
from .session import Session

LINGER = 0.02  # seconds after which a page that has something is full: a broker waits for us to acknowledge


class Reader(Session):
    """``waiting``: number → message that was not acknowledged yet, in the order of arrival."""

    lasting = True

    def prepare(self) -> None:
        self.waiting: dict[int, Arrived] = {}
        self.last, self.keeps_retained = 0, True
        self.client.on_message = self._arrived

    def _arrived(self, client: Any, userdata: Any, message: Any) -> None:
        if message.retain and not self.keeps_retained:
            client.ack(message.mid, message.qos)
            return
        try:
            topic = message.topic
        except UnicodeDecodeError:  # brokers must refuse it; one that does not costs no stream
            topic = "�"
        self.last += 1
        found = tuple(getattr(message.properties, "UserProperty", ()))
        self.waiting[self.last] = Arrived(
            self.last, message.mid, message.qos, topic, bytes(message.payload), properties=found
        )

    def subscribe(self, topics: Sequence[str], *, keeps_retained: bool) -> None:
        """At QoS 1. An existing subscription stays as it is; MQTT 5 then sends what is retained only once."""
        self.keeps_retained = keeps_retained
        handling = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB if keeps_retained else SubscribeOptions.RETAIN_DO_NOT_SEND
        wanted: list[Any] = [
            (topic, SubscribeOptions(qos=1, retainHandling=handling) if self.settings.is_5 else 1) for topic in topics
        ]
        _, mid = self.client.subscribe(wanted)
        if mid is None or not self._until(lambda: mid in self._answers):
            raise Unreachable(f"{self.where} did not confirm the subscription within {self.settings.timeout} s.")
        for topic, reason in zip(topics, self._answers.pop(mid), strict=False):
            if reason.value >= verdicts.FAILURES:
                raise verdicts.of_subscription(reason.value, str(reason), self.where, topic)
            if reason.value != 1:
                raise Misconfigured(f"{self.where} sends {topic!r} at QoS 0 only, where nothing can be acknowledged.")

    def unsubscribe(self, topics: Sequence[str]) -> None:
        self.client.unsubscribe(list(topics))

    def batch(self, after: int, *, count: int, size: int, wait: float) -> list[Arrived]:
        """At most ``count`` messages with numbers above ``after``, until they hold ``size`` bytes or none comes."""
        found: list[Arrived] = []
        held = 0
        while len(found) < count and held < size:
            message = self._awaited(after, LINGER if found else wait)
            if message is None:
                break
            found.append(message)
            held, after = held + len(message.payload), message.number
        return found

    def _awaited(self, after: int, seconds: float) -> Arrived | None:
        self._until(lambda: self._next(after) is not None, seconds)
        return self._next(after)

    def _next(self, after: int) -> Arrived | None:
        first = max(after + 1, next(iter(self.waiting), self.last + 1))
        return next((self.waiting[number] for number in range(first, self.last + 1) if number in self.waiting), None)

    def acknowledge(self, first: int, last: int) -> None:
        """In the order of arrival (MQTT-4.6.0-2). Over a lost connection nothing is said: the broker sends it again."""
        for number in [number for number in self.waiting if first <= number <= last]:
            message = self.waiting.pop(number)
            self.client.ack(message.mid, message.qos)
