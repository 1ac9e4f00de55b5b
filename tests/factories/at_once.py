"""Several threads that do something at the same moment, each on a connection of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection as database
from django.db import connections


def together(count: int, do: Callable[[int], object]) -> Counter:
    """What ``do`` answered in that many threads."""
    if database.vendor != "postgresql":
        pytest.skip("SQLite has one writer, and each count is taken in a transaction that begins as one")
    found: list[object] = []

    def run(number: int) -> None:
        try:
            found.append(do(number))
        except Exception as error:  # shown by the assertion
            found.append(repr(error))
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return Counter(found)


def waiting_for_all(monkeypatch, where: object, name: str, count: int) -> None:
    """Nobody passes this function before all have come to it."""
    real, gate = getattr(where, name), Barrier(count, timeout=20)

    def passed(*given, **named):
        gate.wait()
        return real(*given, **named)

    monkeypatch.setattr(where, name, passed)
