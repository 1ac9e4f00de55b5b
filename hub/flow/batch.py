"""How many rows to take at once: more after small ones, fewer after large ones, so that memory stays bounded."""

from __future__ import annotations

SMALL, LARGE = 4 * 1024 * 1024, 32 * 1024 * 1024  # bytes of payload in one batch


class BatchSize:
    """One a process and kind of work. It starts low: the first batch could hold the largest bodies of all."""

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.rows = min(16, largest)

    def seen(self, rows: int, size: int) -> None:
        """A batch of ``rows`` held ``size`` bytes."""
        if size > LARGE:
            self.rows = max(1, self.rows // 2)
        elif rows >= self.rows and size < SMALL:
            self.rows = min(self.largest, self.rows * 4)
