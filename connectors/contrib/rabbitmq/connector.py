"""A connection to a virtual host of RabbitMQ. It makes no queue and no exchange: the broker's owner does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from connectors.base import Connector, Sink, Stream
from connectors.credentials import secret_values
from connectors.errors import ConnectorError, Unreachable
from connectors.records import Health
from connectors.wiretap import Redactor

from .publisher import Outcome, Outgoing, Publisher
from .session import explained, faults, opened
from .settings import Credentials, Settings
from .sinks import QueueSink, RepeatableSink, queue_sink
from .streams import QueueStream, queue_stream


class RabbitMq(Connector):
    """Reads with acknowledgement after the hub's commit; writes with publisher confirms."""

    key = "rabbitmq"
    label = "RabbitMQ"
    Settings = Settings
    Credentials = Credentials
    streams = (QueueStream,)  # what the settings may declare; a connection offers its own
    sinks = (QueueSink, RepeatableSink)

    _session: Any = None
    _publisher: Publisher | None = None

    @property
    def patience(self) -> float:  # type: ignore[override]
        """The first message and the rest: each is sent and heard of within the time-out; one send may outlast it."""
        return 6.0 * self.settings.timeout

    def offered_streams(self) -> Sequence[type[Stream]]:
        return [queue_stream(name, source) for name, source in self.settings.streams.items()]

    def offered_sinks(self) -> Sequence[type[Sink]]:
        return [queue_sink(name, target) for name, target in self.settings.sinks.items()]

    @property
    def session(self) -> Any:
        """The session, once open."""
        if self._session is None:
            raise Unreachable(f"The connection to RabbitMQ at {self.settings.host} is not open.")
        return self._session

    def open(self) -> None:
        self._session = opened(self.settings, self.credentials, self.network, self.files)

    def close(self) -> None:
        session, self._session, self._publisher = self._session, None, None
        if session is not None:
            with suppress(*faults()):
                session.close()

    def check(self) -> Health:
        was_open = self._session is not None
        try:
            if not was_open:
                self.open()
            return Health(True, " ".join([self._introduction(), *self._objects()]))
        except ConnectorError as error:
            return Health(False, error.message)
        finally:
            if not was_open:
                self.close()

    def _introduction(self) -> str:
        server = self.session.server_properties
        what = f"{server.get('product', 'a broker')} {server.get('version', '')}".strip()
        user = Redactor(secret_values(self.credentials)).text(self.credentials.user)  # "guest" has "guest" as password
        return f"Connected as {user} to {self.settings.host}, virtual host {self.settings.virtual_host!r} ({what})."

    def _objects(self) -> list[str]:
        """Each queue and exchange is looked for: a missing one is known before the first message is."""
        waiting = [f"{one.name}: {one(self).waiting()} waiting." for one in self.offered_streams()]  # type: ignore[attr-defined]
        for target in self.settings.sinks.values():
            self.look("queue", target.queue) if target.queue else self.look("exchange", target.exchange)
        return waiting

    def look(self, what: str, name: str) -> int:
        """Whether the "queue" or "exchange" is there; how many messages are ready in a queue. Makes nothing."""
        with self.talking():
            channel = self.session.channel()
            if what == "queue":
                ready = channel.queue_declare(name, passive=True).message_count
            else:
                channel.exchange_declare(name, "", passive=True)
                ready = 0
            channel.close()
        return ready

    def publish(self, messages: Sequence[Outgoing]) -> dict[str, Outcome]:
        """Outcomes by key. A channel that broke is replaced the next time."""
        if self._publisher is None or self._publisher.is_broken:
            with self.talking():
                self._publisher = Publisher(self.session, self.settings)
        return self._publisher.publish(messages)

    @contextmanager
    def talking(self) -> Iterator[None]:
        """What py-amqp raises, in our family. Not for what may have been applied."""
        try:
            yield
        except faults() as error:
            raise explained(error, self.settings) from None
