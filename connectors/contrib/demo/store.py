"""What the demonstration systems hold: a table of objects in a SQLite file, or in memory by name.

A file is shared by all processes that open it; ``memory:NAME`` lives as long as the process.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from decimal import Decimal
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS object (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT, data TEXT);
CREATE INDEX IF NOT EXISTS object_key ON object (key);
CREATE TABLE IF NOT EXISTS attempt (key TEXT PRIMARY KEY, count INTEGER);
"""
_memory: dict[str, Store] = {}
_lock = threading.Lock()


def open_store(name: str) -> Store:
    """The store of that name; closing one in memory only lets go of it."""
    if not name.startswith("memory:"):
        return Store(name)
    with _lock:
        if name not in _memory:
            _memory[name] = Store(":memory:", lasting=True)
        return _memory[name]


class Store:
    """Objects under our keys, numbered in the order of their coming."""

    def __init__(self, path: str, *, lasting: bool = False) -> None:
        self.lasting = lasting
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.executescript(_SCHEMA)

    def put(self, key: str, data: Any) -> int:
        """The number of the object under ``key``; the first write stands."""
        self._one(
            "INSERT INTO object (key, data) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM object WHERE key = ?1)",
            key,
            _dumps(data),
        )
        number = self.number(key)
        assert number is not None
        return number

    def add(self, key: str, data: Any) -> None:
        """One more object, whether or not the key is there: what a system without idempotency does."""
        self._one("INSERT INTO object (key, data) VALUES (?, ?)", key, _dumps(data))

    def number(self, key: str) -> int | None:
        """The number of the first object under ``key``."""
        row = self._one("SELECT number FROM object WHERE key = ? ORDER BY number LIMIT 1", key)
        return row[0] if row else None

    def count(self) -> int:
        return self._one("SELECT count(*) FROM object")[0]

    def after(self, number: int, limit: int) -> list[tuple[int, Any]]:
        """Up to ``limit`` objects from ``number`` on, in order."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, data FROM object WHERE number >= ? ORDER BY number LIMIT ?", (number, limit)
            ).fetchall()
        return [(row, json.loads(data, parse_float=Decimal)) for row, data in rows]

    def attempts(self, key: str) -> int:
        """How often this key was tried, this time included."""
        return self._one(
            "INSERT INTO attempt VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET count = count + 1 RETURNING count",
            key,
        )[0]

    def close(self) -> None:
        if not self.lasting:
            self._db.close()

    def _one(self, statement: str, *values: Any) -> Any:
        with self._lock:
            rows = self._db.execute(statement, values).fetchall()
        return rows[0] if rows else None


def _dumps(data: Any) -> str:
    return json.dumps(data, default=str)
