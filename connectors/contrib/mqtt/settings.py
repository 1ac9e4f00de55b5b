"""What a connection to an MQTT broker declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from connectors.credentials import credential

MIB = 1024 * 1024
FIELD = r"[^\s{}]{1,100}"
FILLED = re.compile(r"\{(" + FIELD + r")\}")
SHARED = re.compile(r"\$share/[^/+#]+/(?P<filter>.+)", re.DOTALL)


@dataclass(frozen=True)
class Credentials:
    """The account at the broker; one that signs in by certificate or asks nobody needs none."""

    user: str = credential(default="", secret=False)
    password: str = credential(default="")


@dataclass(frozen=True)
class Source:
    """A stream: which topics are subscribed to, how messages are told apart, and how many make a page."""

    topics: tuple[str, ...] = field(metadata={"help": "Topic filters: plant/+/ph, lab/#, $share/hub/lab/#"})
    identity: tuple[str, ...] = field(
        default=(), metadata={"help": "Fields that tell messages apart; none means the digest of topic and payload"}
    )
    properties: Mapping[str, str] = field(
        default_factory=dict, metadata={"help": "MQTT 5: user property to field name, such as message-id"}
    )
    topic_field: str = field(
        default="mqtt_topic", metadata={"help": "Field that the topic is put into", "pattern": FIELD}
    )
    value_field: str = field(
        default="", metadata={"help": "Field for a payload that is a bare number, text or list; none quarantines it"}
    )
    retained: Literal["read", "skip"] = field(
        default="read", metadata={"help": "What the broker had kept of a topic before the stream subscribed"}
    )
    max_bytes: int = field(
        default=MIB, metadata={"help": "Largest payload that is read as JSON", "min": 1, "max": 256 * MIB}
    )
    page_size: int = field(default=500, metadata={"help": "Messages a page", "min": 1, "max": 10_000})
    page_bytes: int = field(default=8 * MIB, metadata={"help": "Bytes after which a page is full", "min": 1})
    wait_ms: int = field(
        default=500,
        metadata={"help": "Milliseconds of silence after which nothing more is waiting", "min": 20, "max": 10_000},
    )

    def __post_init__(self) -> None:
        if not self.topics:
            raise ValueError("have 'topics': the filters that it subscribes to")
        for topic in self.topics:
            _require_filter(topic)
        taken = [self.topic_field, *self.properties.values(), *filter(None, [self.value_field])]
        if len(set(taken)) < len(taken):
            raise ValueError("give 'topic_field', 'value_field' and each of 'properties' a field of its own")


@dataclass(frozen=True)
class Target:
    """A sink: the topic that records are published to."""

    topic: str = field(metadata={"help": "Topic; {name} stands for a field of the record, as one level"})
    retain: bool = field(default=False, metadata={"help": "Let the broker keep the last message of the topic"})
    key_field: str = field(default="", metadata={"help": "Field of the payload for the hub's idempotency key"})
    needs_subscriber: bool = field(
        default=True, metadata={"help": "MQTT 5: a message that nobody subscribes to is sent again later"}
    )
    readers_drop_repeats: bool = field(
        default=False, metadata={"help": "True only if every reader drops a second message with the same key"}
    )

    def __post_init__(self) -> None:
        plain = FILLED.sub("x", self.topic)
        if not plain or not set("+#{}\0").isdisjoint(plain) or plain.startswith("$"):
            raise ValueError(
                f"have a 'topic' without wildcards and without $ at its start, which {self.topic!r} is not"
            )


@dataclass(frozen=True)
class Settings:
    """One broker, and the topics of it that are read or written."""

    host: str = field(metadata={"help": "Name or address of the broker"})
    client_id: str = field(
        metadata={
            "help": "What the hub is called at the broker; each stream adds its name",
            "pattern": r"[A-Za-z0-9_.-]{1,64}",
        }
    )
    port: int = field(default=0, metadata={"help": "0 means 8883 with TLS, 1883 without", "min": 0, "max": 65535})
    version: Literal["5", "3.1.1"] = field(default="5", metadata={"help": "Version of MQTT"})
    tls: bool = field(default=True, metadata={"help": "Encrypt, and verify the broker's certificate and name"})
    ca_file: str = field(default="", metadata={"help": "PEM file of who may vouch for the broker"})
    cert_file: str = field(default="", metadata={"help": "PEM file of the hub's own certificate"})
    key_file: str = field(default="", metadata={"help": "PEM file of the private key of that certificate"})
    session_seconds: int = field(
        default=7 * 24 * 3600,
        metadata={
            "help": "MQTT 5: how long the broker keeps messages for a hub that is away",
            "min": 60,
            "max": 0xFFFFFFFE,
        },
    )
    timeout: int = field(
        default=20, metadata={"help": "Seconds for connecting and for each answer", "min": 1, "max": 30}
    )
    streams: Mapping[str, Source] = field(default_factory=dict, metadata={"help": "What is read"})
    sinks: Mapping[str, Target] = field(default_factory=dict, metadata={"help": "What is written"})

    def __post_init__(self) -> None:
        if not self.host or not set(self.host).isdisjoint("/, "):
            raise ValueError("name one 'host', a name or an address")
        if not self.tls and (self.ca_file or self.cert_file or self.key_file):
            raise ValueError("switch 'tls' on where certificate files are named")
        if self.version == "3.1.1":
            self._require_what_311_has()

    def _require_what_311_has(self) -> None:
        if any(source.properties for source in self.streams.values()):
            raise ValueError("have version '5' for 'properties': MQTT 3.1.1 has no user properties")
        if any(target.readers_drop_repeats and not target.key_field for target in self.sinks.values()):
            raise ValueError("have a 'key_field' where readers drop repeats: MQTT 3.1.1 carries the key in the payload")

    @property
    def is_5(self) -> bool:
        return self.version == "5"

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host as it is looked up, and port."""
        return self.host.strip("[]"), self.port or (8883 if self.tls else 1883)


def _require_filter(topic: str) -> None:
    """MQTT's own rules: # only as the last level, + only as a whole one, a group only with a filter behind it."""
    shared = SHARED.fullmatch(topic)
    levels = (shared["filter"] if shared else topic).split("/")
    sound = (
        0 < len(topic.encode("utf-8", "replace")) <= 0xFFFF
        and "\0" not in topic
        and (shared is not None or levels[0] != "$share")
        and "#" not in levels[:-1]
        and all(level in ("+", "#") or not {"+", "#"} & set(level) for level in levels)
    )
    if not sound:
        raise ValueError(
            f"have topic filters as MQTT has them (+ for one level, # as the last level, $share/group/filter), "
            f"which {topic!r} is not"
        )
