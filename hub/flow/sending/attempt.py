"""One try of the deliveries of a wave: outside any transaction, one outcome each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from uuid import UUID

import structlog
from django.db import DatabaseError

from connectors.base import Guarantee, Sink
from connectors.errors import ConnectorError, Disposition
from connectors.records import Heard, Receipt, Record
from dictionary.values import json
from hub.flow import vault
from hub.flow.sending import clients, lease
from hub.flow.sending.judgement import Outcome
from hub.flow.sending.lease import Held
from hub.flow.sending.waves import Wave

log = structlog.get_logger(__name__)

Item = tuple[Record, str]


def attempt(wave: Wave, token: UUID) -> list[Outcome]:
    """Send, or ask first what may have been applied before. Those whose lease was lost have no outcome.

    Raises DatabaseError: the lease brings back what was not settled.
    """
    trial = _Trial(wave)
    ready = trial.readable()
    try:
        trial.run(ready, token)
    except DatabaseError:
        raise
    except Exception as error:  # before the first send, or while asking; outside the taxonomy it is our bug
        trial.fail(error)
    trial.tidy()
    return trial.outcomes


class _Trial:
    """A wave under way: which deliveries still have no outcome, and whether they may have been sent."""

    def __init__(self, wave: Wave) -> None:
        self.wave, self.outcomes = wave, list[Outcome]()
        self.left: list[Held] = []
        self.has_begun, self.started = False, time.monotonic()

    def readable(self) -> list[Item]:
        """Records and keys; a payload that cannot be opened costs its own delivery only."""
        items: list[Item] = []
        for delivery in self.wave.deliveries:
            try:
                record = _record(delivery)
            except DatabaseError:
                raise
            except Exception as error:
                log.exception("deliver.payload_unreadable", delivery_id=str(delivery.id))
                self._keep(delivery, error, [])
            else:
                self.left.append(delivery)
                items.append((record, delivery.idempotency_key))
        return items

    def run(self, items: Sequence[Item], token: UUID) -> None:
        """Outcomes in the order of the deliveries."""
        if not items:
            return
        client = clients.client(self.wave.route.connection)
        sink = client.connector.sink(self.wave.route.sink)
        if sink.guarantee() is Guarantee.NONE:
            items = self._marked(items, token)
        self.has_begun = True
        for result, was_asked in _results(sink, items, ask_first=any(one.ask_first for one in self.left)):
            is_fault = not isinstance(result, Receipt | ConnectorError)
            if is_fault:
                log.error("deliver.failed", route=self.wave.route.key, exc_info=result)
            self._keep(self.left.pop(0), result, client.take_exchanges(), was_asked, perhaps_sent=is_fault)

    def fail(self, error: Exception) -> None:
        """The same for all that have no outcome yet."""
        if not isinstance(error, ConnectorError):
            log.error("deliver.failed", route=self.wave.route.key, exc_info=error)
        kept = clients.peek(self.wave.route.connection)
        heard = kept.take_exchanges() if kept else []
        perhaps_sent = self.has_begun and not isinstance(error, ConnectorError)
        while self.left:
            self._keep(self.left.pop(0), error, heard, perhaps_sent=perhaps_sent)

    def tidy(self) -> None:
        """A session in which something failed is not used again, save where a record was refused."""
        failures = [one.result for one in self.outcomes if not isinstance(one.result, Receipt)]
        if any(getattr(error, "disposition", None) is not Disposition.DEAD_LETTER for error in failures):
            clients.drop(self.wave.route.connection)

    def _marked(self, items: Sequence[Item], token: UUID) -> list[Item]:
        """Those that may be sent where nobody can ask later: it is written down first that they may be applied."""
        marked = [lease.mark_sending(delivery, token) for delivery in self.left]
        self.left = [delivery for delivery, is_mine in zip(self.left, marked, strict=True) if is_mine]
        return [item for item, is_mine in zip(items, marked, strict=True) if is_mine]

    def _keep(
        self,
        delivery: Held,
        result: Receipt | Exception,
        exchanges: list[Heard],
        asked: bool = False,
        perhaps_sent: bool = False,
    ) -> None:
        milliseconds = round((time.monotonic() - self.started) * 1000)
        release, route = self.wave.release, self.wave.route
        self.outcomes.append(Outcome(delivery, release, route, result, asked, milliseconds, exchanges, perhaps_sent))


def _record(delivery: Held) -> Record:
    body = vault.opened(delivery.payload)
    return Record((delivery.business_key or str(delivery.message_id),), json.loads(body))


def _results(sink: Sink, items: Sequence[Item], *, ask_first: bool) -> Iterator[tuple[Receipt | Exception, bool]]:
    """(outcome, whether it came from asking), in order. What may have been applied is asked for where that is possible;
    it is alone in its wave."""
    if ask_first and sink.guarantee() is Guarantee.PROBE:
        ((record, key),) = items
        found = sink.find(record, idempotency_key=key)
        if found is not None:
            yield found, True
            return
    for outcome in sink.write_many(items):
        yield outcome, False
