"""What was sent and is not settled yet: for milliseconds, or until the next wave of a slow target is back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

from hub.flow.sending.judgement import Outcome
from hub.flow.sending.settle import settle_together

SETTLE_ROWS = 50
SETTLE_SECONDS = 0.2


class Desk:
    """Outcomes by lease. Whoever owns it settles at the end; a crash before leaves the deliveries in doubt."""

    def __init__(self) -> None:
        self._batches: list[tuple[Sequence[Outcome], UUID]] = []
        self._rows, self._since = 0, time.monotonic()
        self.is_awaited = False  # whether other deliveries may go only once these are settled

    def put(self, outcomes: Sequence[Outcome], token: UUID) -> None:
        """Add outcomes; at once is settled what is many, or old, or halts, or what nobody could find out again."""
        if not outcomes:
            return
        if not self._rows:
            self._since = time.monotonic()
        self._batches.append((outcomes, token))
        self._rows += len(outcomes)
        is_urgent = any(one.halts or one.route.cannot_be_asked for one in outcomes)
        if is_urgent or self._rows >= SETTLE_ROWS or self.age() > SETTLE_SECONDS:
            self.settle()

    def age(self) -> float:
        """Seconds since the first of what lies here; 0 where nothing does."""
        return time.monotonic() - self._since if self._rows else 0.0

    def settle(self) -> None:
        """Write down all of it."""
        batches, self._batches, self._rows, self.is_awaited = self._batches, [], 0, False
        settle_together(batches)
