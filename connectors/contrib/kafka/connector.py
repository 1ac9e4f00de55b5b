"""A connection to a Kafka cluster. It makes no topic: those are the cluster's configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from connectors.base import Connector, Sink, Stream
from connectors.errors import ConnectorError, Misconfigured, Unreachable, Unsupported
from connectors.records import Health

from .client import common, context_of, explained, library, trusted
from .cluster import looked_at
from .settings import Credentials, Settings
from .sinks import RepeatableSink, TopicSink, topic_sink
from .streams import TopicStream, topic_stream

LOOKING = "interlock-look"  # a consumer must name a group; this one never joins it and commits nothing


class Kafka(Connector):
    """Reads with offsets committed after the hub's commit; writes with acks=all, and without twins while it retries."""

    key = "kafka"
    label = "Kafka"
    Settings = Settings
    Credentials = Credentials
    streams = (TopicStream,)  # what the settings may declare; a connection offers its own
    sinks = (TopicSink, RepeatableSink)

    _looker: Any = None
    _producer: Any = None

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._known: set[str] = set()  # topics that were there

    @property
    def patience(self) -> float:  # type: ignore[override]
        """A look at the topic, the delivery with its repeats, and a request that was under way when it was given up."""
        return 6.0 * self.settings.timeout

    @property
    def where(self) -> str:
        """For sentences."""
        return f"Kafka at {self.settings.brokers[0]}"

    def offered_streams(self) -> Sequence[type[Stream]]:
        return [topic_stream(name, source) for name, source in self.settings.streams.items()]

    def offered_sinks(self) -> Sequence[type[Sink]]:
        return [topic_sink(name, target) for name, target in self.settings.sinks.items()]

    def open(self) -> None:
        library()
        self._look()
        self._looker = self.consumer(LOOKING)

    def close(self) -> None:
        looker, producer = self._looker, self._producer
        self._looker = self._producer = None
        if looker is not None:
            looker.close()
        if producer is not None:
            with suppress(library().KafkaException):
                producer.purge()  # nothing that was given up may leave later
                producer.poll(0)

    def check(self) -> Health:
        was_open = self._looker is not None
        try:
            if not was_open:
                self.open()
            return Health(True, " ".join([self._introduction(), *self._topics()]))
        except ConnectorError as error:
            return Health(False, error.message)
        finally:
            if not was_open:
                self.close()

    def _introduction(self) -> str:
        brokers = len(self._look())
        who = f"as {self.credentials.user}" if self.settings.sasl != "none" else "without signing in"
        return f"Connected {who} to {self.where}, a cluster of {brokers}."

    def _topics(self) -> list[str]:
        """Each topic is looked for: a missing one is known before the first message is."""
        sources, targets = self.settings.streams.values(), self.settings.sinks.values()
        topics = sorted({one.topic for one in (*sources, *targets)})
        return [f"{topic}: {len(self.partitions(topic))} partitions." for topic in topics]

    def _look(self) -> list[Any]:
        """Before librdkafka is told anything: who we are, and that each broker is one that we may connect to."""
        ca = trusted(self.settings, self.files)
        return looked_at(self.settings, self.credentials, self.network, context_of(self.settings, ca))

    def consumer(self, group: str, **more: Any) -> Any:
        """A consumer that is given its partitions: it joins no group, and commits nothing by itself."""
        told = {
            "group.id": group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "allow.auto.create.topics": False,
        }
        return self._client("Consumer", told | more)

    def producer(self, topic: str) -> Any:
        """The producer of this connection, once it has heard of the topic: what fails here has sent nothing.

        The first look is the consumer's, since a producer's would make a topic that is not there.
        """
        if topic not in self._known:
            self.partitions(topic)
            self._known.add(topic)
        if self._producer is None:
            most = max((target.max_bytes for target in self.settings.sinks.values()), default=1_000_000)
            told = {
                "acks": "all",
                "enable.idempotence": True,  # what librdkafka repeats by itself is appended once
                "delivery.timeout.ms": self.settings.timeout * 1000,
                "message.max.bytes": most + 10_000,  # with the key and the headers
                "partitioner": "murmur2_random",  # as Java's producers: a key has one partition, whoever writes
                "linger.ms": 2,
            }
            self._producer = self._client("Producer", told)
        with self.talking():
            self._producer.list_topics(topic, timeout=self.settings.timeout)
        return self._producer

    def _client(self, kind: str, more: dict[str, Any]) -> Any:
        told = common(self.settings, self.credentials, self.network, trusted(self.settings, self.files)) | more
        try:
            return getattr(library(), kind)(told)
        except library().KafkaException as error:
            name = error.args[0].name()
            problem = Unsupported if name == "_NOT_IMPLEMENTED" else Misconfigured
            raise problem(f"The library of Kafka refuses the settings of {self.where}.", detail=name) from None

    def partitions(self, topic: str) -> list[int]:
        """Numbers of its partitions. Raises ``Misconfigured`` where there is no such topic; makes none."""
        if self._looker is None:
            raise Unreachable(f"The connection to {self.where} is not open.")
        with self.talking():
            found = self._looker.list_topics(topic, timeout=self.settings.timeout).topics[topic]
        if (found.error is not None and found.error.name() == "UNKNOWN_TOPIC_OR_PART") or not found.partitions:
            raise Misconfigured(f"{self.where} has no topic {topic!r}, or does not show it to this account.")
        if found.error is not None:
            raise explained(found.error, self.where)
        return sorted(found.partitions)

    @contextmanager
    def talking(self) -> Iterator[None]:
        """What the library raises, in our family. Not for what may have been applied."""
        try:
            yield
        except library().KafkaException as error:
            raise explained(error.args[0], self.where) from None
