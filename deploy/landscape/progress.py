"""Lines that show how far a long job is: a bar, the step, and the seconds that it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Counts steps of a known number. A step that fails prints no time and lets its error through."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.done = 0

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        started = time.monotonic()
        bar = "#" * self.done + "." * (self.steps - self.done)
        print(f"[{bar}] {self.done + 1}/{self.steps} {sentence} … ", end="", flush=True)
        yield
        self.done += 1
        print(f"{time.monotonic() - started:.1f} s", flush=True)
