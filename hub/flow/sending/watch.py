"""Looks, while a batch is being sent, whether it may go on: a pause and a lost lease stop it within a moment."""

from __future__ import annotations

import time
from collections.abc import Sequence

from governance.rows import among, as_uuid, fetch
from hub.flow.sending.lease import DELIVERY, PAUSED, Held, Lease, is_in_time

LOOK_SECONDS = 0.05


class Watch:
    """``may_send`` is asked right before each send; it looks into the database at most every ``LOOK_SECONDS``."""

    def __init__(self, held: Lease) -> None:
        self._held = held
        self._mine = {delivery.id for delivery in held.deliveries}
        self._looked_at = time.monotonic()

    def may_send(self, delivery: Held) -> bool:
        """The lease has time left, nobody has taken it away, and the interface is not paused."""
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._look(self._held.deliveries)
        return is_in_time(delivery) and delivery.id in self._mine

    def _look(self, deliveries: Sequence[Held]) -> None:
        these, ids = among("d.id", [delivery.id for delivery in deliveries])
        keys = {row[0] for row in fetch(PAUSED)}
        rows = fetch(f"SELECT d.id FROM {DELIVERY} d WHERE d.lease = %s AND {these}", [self._held.token, *ids])  # noqa: S608
        still = {as_uuid(row[0]) for row in rows}
        self._mine = {one.id for one in deliveries if one.id in still and one.interface_key not in keys}
        self._looked_at = time.monotonic()
