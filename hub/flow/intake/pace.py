"""How fast messages have been coming: whether a short wait would bring company."""

from __future__ import annotations

import time
from collections.abc import Callable

WINDOW = 0.1  # seconds
BRISK = 10  # arrivals in a window


class Pace:
    """Counts arrivals in windows; not exact where threads count at the same moment, nor need it be."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()
        self._now = self._before = 0

    def count(self) -> None:
        """One has come."""
        self._turn()
        self._now += 1

    def is_brisk(self) -> bool:
        """Whether the window before this one was lively."""
        self._turn()
        return self._before >= BRISK

    def _turn(self) -> None:
        passed = self._clock() - self._began
        if passed >= WINDOW:
            self._before = self._now if passed < 2 * WINDOW else 0
            self._began, self._now = self._clock(), 0
