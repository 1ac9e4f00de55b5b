"""What a connection to RabbitMQ declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.credentials import credential

MIB = 1024 * 1024
SHORT = 255  # bytes of a short string in AMQP 0-9-1: names, routing keys, message ids


@dataclass(frozen=True)
class Credentials:
    """The account that the hub signs in with."""

    user: str = credential(secret=False, help="Name of the account")
    password: str = credential(help="Its password")


@dataclass(frozen=True)
class Source:
    """A stream: a queue that exists."""

    queue: str = field(metadata={"help": "Name of the queue; the hub makes none"})
    page_size: int = field(default=200, metadata={"help": "Messages a page", "min": 1, "max": 10_000})
    page_bytes: int = field(
        default=8 * MIB, metadata={"help": "Bytes after which a page is full", "min": 1, "max": 256 * MIB}
    )
    max_bytes: int = field(
        default=4 * MIB, metadata={"help": "Largest message that is read as a record", "min": 1, "max": 128 * MIB}
    )

    def __post_init__(self) -> None:
        _require_name("queue", self.queue)


@dataclass(frozen=True)
class Target:
    """A sink: a queue, or an exchange with a routing key."""

    queue: str = field(default="", metadata={"help": "Queue to write to, by the default exchange"})
    exchange: str = field(default="", metadata={"help": "Exchange to write to, in the place of a queue"})
    routing_key: str = field(
        default="", metadata={"help": "For an exchange; may hold slots such as {data.lot} or {identity.0}"}
    )
    readers_drop_repeats: bool = field(
        default=False,
        metadata={
            "help": "Everybody who reads there drops a message whose message_id came before: after a lost confirm "
            "the hub then sends again by itself"
        },
    )
    max_bytes: int = field(
        default=16 * MIB, metadata={"help": "Largest message that the broker takes", "min": 1, "max": 512 * MIB}
    )

    def __post_init__(self) -> None:
        if bool(self.queue) == bool(self.exchange):
            raise ValueError("have either 'queue' or 'exchange', and not both")
        if self.queue and self.routing_key:
            raise ValueError("have a 'routing_key' only with an 'exchange'; a queue is written to by its name")
        _require_name("queue" if self.queue else "exchange", self.queue or self.exchange)
        if len(self.routing_key.encode("utf-8", "surrogatepass")) > SHORT:
            raise ValueError(f"have a 'routing_key' of at most {SHORT} bytes")


@dataclass(frozen=True)
class Settings:
    """One virtual host of one broker."""

    host: str = field(metadata={"help": "Name or address of the broker", "pattern": r"[^\s/,@]+"})
    port: int = field(default=0, metadata={"help": "0 means 5671 with TLS and 5672 without", "min": 0, "max": 65535})
    virtual_host: str = field(default="/", metadata={"help": "Virtual host"})
    tls: bool = field(default=True, metadata={"help": "Encrypt, and verify the broker's certificate and name"})
    ca_file: str = field(default="", metadata={"help": "PEM file of who may vouch for the broker"})
    timeout: int = field(default=10, metadata={"help": "Seconds that an answer may take", "min": 1, "max": 60})
    streams: Mapping[str, Source] = field(default_factory=dict, metadata={"help": "Queues that are read"})
    sinks: Mapping[str, Target] = field(default_factory=dict, metadata={"help": "What is written to"})

    @property
    def port_in_use(self) -> int:
        return self.port or (5671 if self.tls else 5672)


def _require_name(what: str, name: str) -> None:
    if not name or len(name.encode("utf-8", "surrogatepass")) > SHORT:
        raise ValueError(f"have as {what!r} a name of 1 to {SHORT} bytes")
