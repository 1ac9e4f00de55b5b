"""Group commit: who is answered wakes, and nobody is left behind."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError

from hub.flow.intake import group as module
from hub.flow.intake.group import Group

pytestmark = pytest.mark.req("M4.4")


def together(work, count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def queued(group: Group, count: int) -> None:
    """Wait until so many are at the door."""
    ends = time.monotonic() + 5
    while len(group._queue) < count and time.monotonic() < ends:
        time.sleep(0.001)


def test_an_answer_does_not_wait_behind_those_who_came_later(monkeypatch):
    written, waited, group, ends = [], [], Group(), time.monotonic() + 1

    def receive(items):
        time.sleep(0.002)  # a commit
        written.append(len(items))
        return items

    def sender(number: int) -> None:
        while time.monotonic() < ends:
            began = len(written)
            assert group.accept(number) == number
            waited.append(len(written) - began)

    monkeypatch.setattr(module, "receive", receive)
    together(sender, 32)
    assert max(waited) < 40, f"an answer waited while {max(waited)} groups were written"
    assert sum(written) == len(waited)


def test_more_than_one_group_is_written_in_the_order_of_arrival(monkeypatch):
    seen, group, is_first = [], Group(), threading.Event()

    def receive(items):
        seen.append(items)
        if len(seen) == 1:
            is_first.set()
            queued(group, 9)
        return items

    monkeypatch.setattr(module, "receive", receive)
    monkeypatch.setattr(module, "LARGEST_GROUP", 4)

    def sender(number: int) -> None:
        if number:
            is_first.wait(5)
        assert group.accept(number) == number

    together(sender, 10)
    assert [len(items) for items in seen] == [1, 4, 4, 1]


def test_a_writer_that_is_broken_off_leaves_nobody_waiting(monkeypatch):
    ends, group, has_begun = [], Group(), threading.Event()

    def receive(items):
        if not has_begun.is_set():
            has_begun.set()
            queued(group, 2)
        raise SystemExit

    def sender(number: int) -> None:
        if number:
            has_begun.wait(5)
        try:
            group.accept(number)
        except BaseException as error:
            ends.append(type(error))

    monkeypatch.setattr(module, "receive", receive)
    together(sender, 3)
    assert sorted(kind.__name__ for kind in ends) == ["OperationalError", "SystemExit", "SystemExit"]
    assert ends.count(OperationalError) == 1
    monkeypatch.setattr(module, "receive", lambda items: items)
    assert group.accept(7) == 7
