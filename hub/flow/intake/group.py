"""Group commit: requests that arrive together share one transaction and are answered after its commit.

One durable commit each is what limits a door for single events. The first thread that comes writes for all who wait;
while it commits, the next group gathers, and the first of that writes next. Whoever is answered wakes at once: a lock
that all had to pass would keep answers waiting behind newcomers. Where messages come briskly, the writer first waits a
moment for company (as ``commit_delay`` does in PostgreSQL): a group costs about as much as a message. Otherwise nobody
waits.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError

from hub.flow.intake.arrivals import Accepted, Incoming
from hub.flow.intake.pace import Pace
from hub.flow.intake.receive import receive

LARGEST_GROUP = 64
LARGE_ENOUGH = 8  # messages: more would not make the statement cheaper by much
GATHER_SECONDS = 0.006


@dataclass(slots=True)
class _Waiting:
    item: Incoming
    answer: Accepted | None = None
    error: BaseException | None = None
    is_done: bool = False
    turn: Any = field(default_factory=threading.Lock)  # held, until it is done or is to write

    def __post_init__(self) -> None:
        self.turn.acquire()


class Group:
    """One a process. ``accept`` may be called from any thread."""

    def __init__(self) -> None:
        self._queue: deque[_Waiting] = deque()
        self._change = threading.Lock()  # of the queue's first, who writes; never held for long
        self._has_writer = False
        self._is_large = threading.Event()
        self._pace = Pace()

    def accept(self, item: Incoming) -> Accepted:
        """Accept one message with whoever else is at the door. Returns after the commit, or raises its error."""
        mine = _Waiting(item)
        self._pace.count()
        with self._change:
            self._queue.append(mine)
            writes, self._has_writer = not self._has_writer, True
        if len(self._queue) >= LARGE_ENOUGH:
            self._is_large.set()
        if not writes:
            mine.turn.acquire()
        if not mine.is_done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        assert mine.answer is not None
        return mine.answer

    def _lead(self) -> None:
        """Write for the first of the queue, of whom the caller is one; then the next one's turn has come."""
        group: list[_Waiting] = []
        try:
            self._gather()
            group = self._next()
            self._write(group)
        finally:
            self._pass_on(group or self._next())

    def _pass_on(self, group: list[_Waiting]) -> None:
        """Wake those who are answered. Where the writer is broken off (a process that ends), they must not hang."""
        for one in group:
            if not one.is_done:
                one.error, one.is_done = OperationalError("The writer of this group was broken off."), True
            one.turn.release()
        with self._change:
            self._has_writer = bool(self._queue)
            if self._has_writer:
                self._queue[0].turn.release()

    def _gather(self) -> None:
        self._is_large.clear()
        if len(self._queue) < LARGE_ENOUGH and self._pace.is_brisk():
            self._is_large.wait(GATHER_SECONDS)

    def _next(self) -> list[_Waiting]:
        return [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST_GROUP))]

    def _write(self, waiting: list[_Waiting]) -> None:
        try:
            answers = receive([one.item for one in waiting])
        except Exception as error:
            self._write_apart(waiting, error)
            return
        for one, answer in zip(waiting, answers, strict=True):
            one.answer, one.is_done = answer, True

    def _write_apart(self, waiting: list[_Waiting], error: Exception) -> None:
        """The group failed: each tries alone, so that one bad message does not turn the others away."""
        if len(waiting) == 1:
            waiting[0].error, waiting[0].is_done = error, True
            return
        for one in waiting:
            self._write([one])


group = Group()
