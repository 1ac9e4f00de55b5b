"""Sinks that have many messages under way at once, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from .base import Sink
from .errors import ConnectorError
from .records import Receipt, Record


class Keyed(Protocol):
    """A message that is ready to leave; ``key`` is its idempotency key."""

    @property
    def key(self) -> str: ...


class BatchedSink(Sink):
    """A vendor says ``_prepared``, a message or why its record cannot be one, and ``_published``, outcomes by key."""

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        (outcome,) = self.write_many([(record, idempotency_key)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def write_many(self, items: Sequence[tuple[Record, str]]) -> Iterator[Receipt | Exception]:
        """In the order of the items. What cannot be a message sends nothing, and holds no other one up."""
        prepared = [self._prepared(record, key) for record, key in items]
        sound = [one for one in prepared if not isinstance(one, ConnectorError)]
        said = self._published(sound) if sound else {}
        for one in prepared:
            yield one if isinstance(one, ConnectorError) else said[one.key]

    def _prepared(self, record: Record, key: str) -> Any:
        """A ``Keyed`` message or a ConnectorError."""
        raise NotImplementedError

    def _published(self, messages: Sequence[Any]) -> Mapping[str, Receipt | ConnectorError]:
        raise NotImplementedError
