"""Demonstration connectors. Each failing one differs from ``demo`` in a single method."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Connector, Sink, Stream
from connectors.errors import Misconfigured, OutcomeUnknown, RecordRejected, Unreachable
from connectors.records import Checkpoint, Health, Page, Receipt, Record

from .store import Store, open_store

PAGE = 10
EVENTS = ("Label torn", "Temperature above limit", "Seal broken", "Weight out of range", "Wrong document")


@dataclass(frozen=True)
class Settings:
    store: str = field(default="memory:demo", metadata={"help": "Path of a file, or memory:NAME"})
    samples: int = field(
        default=0, metadata={"help": "Deviations to begin with, if it is empty", "min": 0, "max": 1000}
    )


class Deviations(Stream):
    """What the store holds, ten a page; the cursor is the number of an object."""

    name, cursor = "deviations", "number"

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        here = since.cursor if since and since.cursor else 0
        while found := self.connector.store.after(here, PAGE):
            records = tuple(Record((str(number),), {"id": number, **data}) for number, data in found)
            last = found[-1][0]
            yield Page(records, Checkpoint(last))
            if len(found) < PAGE:
                return
            here = last + 1


class Works(Sink):
    """Keeps what it is given, once a key."""

    name, idempotent = "deviations", True

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        return _receipt(self.connector.store.put(idempotency_key, dict(record.data)))

    def find(self, record: Record, *, idempotency_key: str) -> Receipt | None:
        number = self.connector.store.number(idempotency_key)
        return None if number is None else _receipt(number)


class Demo(Connector):
    """Works."""

    key, label = "demo", "Demonstration system"
    Settings = Settings
    streams, sinks = (Deviations,), (Works,)
    store: Store

    def open(self) -> None:
        try:
            self.store = open_store(self._place())
        except sqlite3.OperationalError as error:
            raise Unreachable(f"The store {self.settings.store!r} cannot be opened.", detail=str(error)) from None
        if not self.store.count():
            for number in range(1, self.settings.samples + 1):
                self.store.put(f"sample-{number}", sample(number))

    def _place(self) -> str:
        name = self.settings.store
        return name if name.startswith("memory:") else str(self.files.file("The store", name))

    def close(self) -> None:
        if store := self.__dict__.pop("store", None):
            store.close()

    def check(self) -> Health:
        """Opens the store by itself, where nobody has."""
        opened = "store" not in self.__dict__
        try:
            if opened:
                self.open()
            return Health(True, f"{self.label}: {self.store.count()} deviations in {self.settings.store}.")
        except (Misconfigured, Unreachable) as error:
            return Health(False, error.message)
        finally:
            if opened:
                self.close()


class Flaky(Works):
    """Cannot be reached twice, then works."""

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        if self.connector.store.attempts(idempotency_key) <= 2:
            raise Unreachable("The demonstration system is in a maintenance window.")
        return super().write(record, idempotency_key=idempotency_key)


class DemoFlaky(Demo):
    key, label, sinks = "demo_flaky", "Demonstration system that comes and goes", (Flaky,)


class Rejecting(Works):
    """Finds every record wrong."""

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        raise RecordRejected(
            "The demonstration system refuses the record: 'title' may not be so.",
            field_errors={"title": "This system refuses every title."},
        )


class DemoRejecting(Demo):
    key, label, sinks = "demo_rejecting", "Demonstration system that refuses", (Rejecting,)


class Silent(Works):
    """Applies the record and never says so; asked, it tells. It makes a second object of a second write."""

    idempotent = False

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        self.connector.store.add(idempotency_key, dict(record.data))
        raise OutcomeUnknown("The demonstration system gave no answer after the record was sent.")


class DemoSilent(Demo):
    key, label, sinks = "demo_silent", "Demonstration system that does not answer", (Silent,)


class Mute(Silent):
    """As silent, and nobody can ask it either: a lost answer waits for two persons."""

    find = Sink.find


class DemoMute(Demo):
    key, label, sinks = "demo_mute", "Demonstration system that cannot be asked", (Mute,)


class Halted(Works):
    """Is not set up, so that every record would fail."""

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        raise Misconfigured("The demonstration system has no project to which records could go.")


class DemoHalted(Demo):
    key, label, sinks = "demo_halted", "Demonstration system that is not set up", (Halted,)


def sample(number: int) -> dict[str, Any]:
    """A deviation that is the same on every machine."""
    return {
        "title": f"{EVENTS[number % len(EVENTS)]} (sample {number})",
        "lot": f"L{2600 + number % 7}",
        "severity": ("minor", "major", "critical")[number % 3],
        "temperature_c": f"{2 + number % 9}.{number % 10}",
    }


def _receipt(number: int) -> Receipt:
    return Receipt(str(number), url=f"demo:deviations/{number}", version="1")
