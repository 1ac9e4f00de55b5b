"""The wish of this process to end: asked between two messages, so that nothing is broken off in the middle.

A worker's own process hears the signal, its children do the work: a line from one to the others carries the wish.
"""

from __future__ import annotations

import os
import threading

stopping = threading.Event()


class Line:
    """A pipe that nothing is ever written to: it ends when the parent hangs up, or is gone."""

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None

    def open(self) -> None:
        """In the parent, before it has children."""
        self._ends = os.pipe()

    def hang_up(self) -> None:
        """In the parent: the children are to stop between two messages."""
        ends, self._ends = self._ends, None
        if ends:
            os.close(ends[1])

    def listen(self) -> None:
        """In a child: ``stopping`` is set once the parent hangs up."""
        if self._ends is None:
            return
        reading, writing = self._ends
        os.close(writing)
        threading.Thread(target=self._wait, args=(reading,), name="hub-line", daemon=True).start()

    def _wait(self, reading: int) -> None:
        os.read(reading, 1)
        stopping.set()


line = Line()
