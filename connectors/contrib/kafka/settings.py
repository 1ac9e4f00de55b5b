"""What a connection to a Kafka cluster declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from connectors.credentials import credential

MIB = 1024 * 1024
TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")  # https://kafka.apache.org/documentation/#operations: names of topics
PLACE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/,@:\[\]]+):(?P<port>\d{1,5})")


@dataclass(frozen=True)
class Credentials:
    """The account for SASL; a cluster may ask for none."""

    user: str = credential(default="", secret=False, help="Name of the account")
    password: str = credential(default="", help="Its password")


@dataclass(frozen=True)
class Source:
    """A stream: a topic that exists."""

    topic: str = field(metadata={"help": "Name of the topic; the hub makes none"})
    group: str = field(
        default="interlock", metadata={"help": "Consumer group whose offsets say how far the hub has stored the topic"}
    )
    id_header: str = field(
        default="", metadata={"help": "Header with the message's own id, such as ce_id; else its place in the topic"}
    )
    page_size: int = field(default=500, metadata={"help": "Messages a page", "min": 1, "max": 10_000})
    page_bytes: int = field(
        default=8 * MIB, metadata={"help": "Bytes after which a page is full", "min": 1, "max": 256 * MIB}
    )
    max_bytes: int = field(
        default=4 * MIB, metadata={"help": "Largest message that is read as a record", "min": 1, "max": 128 * MIB}
    )

    def __post_init__(self) -> None:
        _require_topic(self.topic)
        if not self.group:
            raise ValueError("have a 'group', or nobody could see how far the topic was read")


@dataclass(frozen=True)
class Target:
    """A sink: a topic that exists."""

    topic: str = field(metadata={"help": "Name of the topic; the hub makes none"})
    key: str = field(
        default="{identity.0}",
        metadata={"help": "Key of the message, which chooses its partition and so its order; slots such as {data.lot}"},
    )
    readers_drop_repeats: bool = field(
        default=False,
        metadata={
            "help": "Everybody who reads there drops a message whose header idempotency-key came before: after a lost "
            "answer the hub then sends again by itself"
        },
    )
    max_bytes: int = field(
        default=1_000_000, metadata={"help": "Largest message that the cluster takes", "min": 1000, "max": 512 * MIB}
    )

    def __post_init__(self) -> None:
        _require_topic(self.topic)


@dataclass(frozen=True)
class Settings:
    """One cluster."""

    brokers: tuple[str, ...] = field(metadata={"help": "Brokers to begin with, each as host:port"})
    tls: bool = field(default=True, metadata={"help": "Encrypt, and verify each broker's certificate and name"})
    ca_file: str = field(default="", metadata={"help": "PEM file of who may vouch for the brokers"})
    sasl: Literal["none", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = field(
        default="none", metadata={"help": "How the hub signs in"}
    )
    timeout: int = field(default=10, metadata={"help": "Seconds that an answer may take", "min": 1, "max": 60})
    streams: Mapping[str, Source] = field(default_factory=dict, metadata={"help": "Topics that are read"})
    sinks: Mapping[str, Target] = field(default_factory=dict, metadata={"help": "Topics that are written to"})

    def __post_init__(self) -> None:
        if not self.brokers:
            raise ValueError("name at least one of 'brokers'")
        for broker in self.brokers:
            if not PLACE.fullmatch(broker) or int(broker.rpartition(":")[2]) not in range(1, 65536):
                raise ValueError(
                    f"have as 'brokers' places such as kafka-1.plant.example:9092, which {broker!r} is not"
                )

    def places(self) -> list[tuple[str, int]]:
        """Host and port of each broker to begin with."""
        parts = [broker.rpartition(":") for broker in self.brokers]
        return [(host.strip("[]"), int(port)) for host, _, port in parts]


def _require_topic(name: str) -> None:
    if not TOPIC.fullmatch(name) or name in (".", ".."):
        raise ValueError(f"have as 'topic' a name of letters, digits, '.', '_' and '-', which {name[:60]!r} is not")
