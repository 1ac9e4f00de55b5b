"""Beat: sends the ticks, and leaves out those that would only pile up."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import structlog
from celery.beat import Scheduler
from kombu import Connection

from hub.flow.bell import LANE

log = structlog.get_logger(__name__)

CROWD = 4  # bells and ticks that wait
ANSWER_SECONDS = 1.0


class Ticker(Scheduler):
    """A schedule in memory: a tick of each second needs no past.

    While nobody reads the queue, or a busy worker reads it later, no tick is added: the queue does not grow by the
    day, and a worker whose turn has ended does not first hear what has long been done.
    """

    _broker: Connection | None = None

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        if not self._is_crowded():
            super().apply_entry(entry, producer)

    def _is_crowded(self) -> bool:
        """Asked over a connection of its own, which gives up soon; a broker that cannot be asked is sent its tick."""
        try:
            self._broker = self._broker or self._connect()
            queue = self.app.amqp.queues[LANE](self._broker.default_channel)
            return queue.queue_declare().message_count >= CROWD  # declared as a worker does: it may be the first
        except Exception as error:  # whatever the broker's client raises
            log.warning("beat.not_answered", error=type(error).__name__)
            self._drop()
            return False

    def _connect(self) -> Connection:
        limits = {"read_timeout": ANSWER_SECONDS, "write_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS}
        return self.app.connection_for_write(transport_options={**self.app.conf.broker_transport_options, **limits})

    def _drop(self) -> None:
        broker, self._broker = self._broker, None
        if broker is not None:
            with suppress(Exception):  # it is broken already
                broker.collect(socket_timeout=ANSWER_SECONDS)
