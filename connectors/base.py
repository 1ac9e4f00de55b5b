"""The contract of a connector: three nouns and a few verbs.

A *connector* is a class, a *connection* is a row that holds its settings, a *client* is an open session.
A connector touches no ORM, no settings, no Celery and no request of Django: settings and credentials come
in, records and receipts go out. It never retries, never sleeps and never logs a payload: the engine does.
It raises only from ``connectors.errors``. What it can do is derived from its class, never declared twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from .errors import Unsupported
from .fence import ANY_FILE, FileFence
from .network import PUBLIC_ONLY, NetworkPolicy
from .records import Checkpoint, Health, Heard, Page, Receipt, Record

Tap = Callable[[Heard], None]


def no_tap(heard: Heard) -> None:
    """The wire tap of somebody who does not listen."""


@dataclass(frozen=True)
class NoCredentials:
    """For systems that ask for none (a local file, an open service)."""


class Capability(StrEnum):
    """What a connector can do, as the matrix in the documentation prints it."""

    READ = "read"
    READ_INCREMENTAL = "read_incremental"
    WRITE = "write"
    WRITE_IDEMPOTENT = "write_idempotent"
    PROBE = "probe"
    WEBHOOK = "webhook"


class Guarantee(StrEnum):
    """What a sink offers when an answer is lost; the ICD prints it for each route."""

    NATIVE = "native"  # it honours our key: send again
    PROBE = "probe"  # it can be asked: ask, then confirm or send
    NONE = "none"  # a person decides


class Stream(ABC):
    """A thing that we read."""

    name: ClassVar[str]
    identity: ClassVar[tuple[str, ...]] = ("id",)
    cursor: ClassVar[str | None] = None  # incremental if and only if set
    sees_deletions: ClassVar[bool] = False
    reads_again: ClassVar[bool] = True  # the boundary of a checkpoint: repeats there are no duplicates

    def __init__(self, connector: Any) -> None:
        self.connector = connector

    @abstractmethod
    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        """Pages in the order of the cursor, from ``since`` (inclusive: edges overlap) or from the start.

        The hub closes what it does not read to its end, or what it could not commit: the ``finally`` of a generator
        is where a stream gives back what it holds (messages that are not acknowledged, a cursor).
        """

    def committed(self, page: Page) -> None:
        """The hub has stored this page: move the file, acknowledge the message. Bears being called twice."""


class Sink(ABC):
    """A thing that we write to."""

    name: ClassVar[str]
    idempotent: ClassVar[bool] = False  # does the other side honour our key?
    settles_in: ClassVar[float] = 0.0  # seconds after which "not found" may be believed
    at_once: ClassVar[int] = 1  # how many records ``write_many`` may have under way

    def __init__(self, connector: Any) -> None:
        self.connector = connector

    @abstractmethod
    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        """Write one record. Raises from the taxonomy; an answer that did not come is ``OutcomeUnknown``."""

    def write_many(self, items: Sequence[tuple[Record, str]]) -> Iterator[Receipt | Exception]:
        """Write at most ``at_once`` (record, key) pairs; one outcome each, in order, as soon as it is known.

        One by one unless a vendor does better. What one record raises costs no other.
        """
        for record, key in items:
            try:
                yield self.write(record, idempotency_key=key)
            except Exception as error:
                yield error

    def find(self, record: Record, *, idempotency_key: str) -> Receipt | None:
        """Ask, before a second write, whether the first one stands. ``None`` is a firm "no"."""
        raise Unsupported(f"The sink {self.name!r} cannot be asked what it holds.")

    @classmethod
    def guarantee(cls) -> Guarantee:
        """Derived: ``native`` where the sink honours our key, ``probe`` where it overrides ``find``."""
        if cls.idempotent:
            return Guarantee.NATIVE
        return Guarantee.PROBE if cls.find is not Sink.find else Guarantee.NONE


class Webhook(ABC):
    """They ring."""

    def __init__(self, connector: Any) -> None:
        self.connector = connector

    @abstractmethod
    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Return where the call proves its origin, else raise ``Unverified``."""

    @abstractmethod
    def parse(self, body: bytes) -> list[Record]:
        """Pure: the records that the call carries."""


class Connector(ABC):
    """A kind of system. Subclasses say what it is called, how it is configured and what it offers."""

    key: ClassVar[str]  # "tryton": stored with the connection, never renamed
    label: ClassVar[str]  # "Tryton ERP"
    Settings: ClassVar[type]  # a frozen dataclass; field(metadata={"help": …})
    Credentials: ClassVar[type] = NoCredentials  # a frozen dataclass of resolved secrets
    streams: ClassVar[tuple[type[Stream], ...]] = ()
    sinks: ClassVar[tuple[type[Sink], ...]] = ()
    webhook: ClassVar[type[Webhook] | None] = None
    patience: float = 120.0  # seconds after which a write that has begun is over, one way or the other

    def __init__(
        self,
        settings: Any,
        credentials: Any = None,
        *,
        tap: Tap = no_tap,
        network: NetworkPolicy = PUBLIC_ONLY,
        files: FileFence = ANY_FILE,
    ) -> None:
        self.settings = settings
        self.credentials: Any = NoCredentials() if credentials is None else credentials
        self.tap = tap
        self.network = network
        self.files = files

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def open(self) -> None:
        """Open one session. Called once, before anything else but ``check`` of the settings."""

    def close(self) -> None:
        """Give the session back. Must bear being called twice."""

    @abstractmethod
    def check(self) -> Health:
        """Settings, then reach, then credentials (who are we?). Writes nothing, raises nothing."""

    def offered_streams(self) -> Sequence[type[Stream]]:
        """The streams of this connection: those of the class, unless its settings declare them."""
        return self.streams

    def offered_sinks(self) -> Sequence[type[Sink]]:
        """The sinks of this connection: those of the class, unless its settings declare them."""
        return self.sinks

    def stream(self, name: str) -> Stream:
        """The stream of that name; ``Unsupported`` with the names that exist where there is none."""
        return _named(self.offered_streams(), name, self, "stream")(self)

    def sink(self, name: str) -> Sink:
        """The sink of that name; ``Unsupported`` with the names that exist where there is none."""
        return _named(self.offered_sinks(), name, self, "sink")(self)

    @classmethod
    def capabilities(cls) -> frozenset[Capability]:
        """What this kind of system can do, derived from its streams, sinks and webhook."""
        return derive_capabilities(cls.streams, cls.sinks, cls.webhook)

    def offers(self) -> frozenset[Capability]:
        """What this connection can do: the same derivation over what its settings declare."""
        return derive_capabilities(self.offered_streams(), self.offered_sinks(), self.webhook)


def derive_capabilities(
    streams: Sequence[type[Stream]], sinks: Sequence[type[Sink]], webhook: type[Webhook] | None
) -> frozenset[Capability]:
    """The only place that says which attribute makes which capability."""
    signs = {
        Capability.READ: bool(streams),
        Capability.READ_INCREMENTAL: any(stream.cursor for stream in streams),
        Capability.WRITE: bool(sinks),
        Capability.WRITE_IDEMPOTENT: any(sink.guarantee() is Guarantee.NATIVE for sink in sinks),
        Capability.PROBE: any(sink.guarantee() is Guarantee.PROBE for sink in sinks),
        Capability.WEBHOOK: webhook is not None,
    }
    return frozenset(capability for capability, present in signs.items() if present)


def _named(offered: Sequence[type], name: str, connector: Connector, what: str) -> type:
    for candidate in offered:
        if candidate.name == name:  # type: ignore[attr-defined]
            return candidate
    names = ", ".join(sorted(candidate.name for candidate in offered)) or "none"  # type: ignore[attr-defined]
    raise Unsupported(f"{connector.label} has no {what} called {name!r}; it offers: {names}.")
