"""The quality system of a drill: the demonstration's own, made to write down each of its writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

WATCH = """
CREATE TABLE IF NOT EXISTS drill_written (message_id TEXT, is_changed INTEGER);
CREATE TRIGGER IF NOT EXISTS drill_made AFTER INSERT ON inspection_result
BEGIN INSERT INTO drill_written VALUES (NEW.message_id, 0); END;
CREATE TRIGGER IF NOT EXISTS drill_changed AFTER UPDATE ON inspection_result
BEGIN INSERT INTO drill_written VALUES (NEW.message_id,
    OLD.value IS NOT NEW.value OR OLD.verdict IS NOT NEW.verdict OR OLD.lot IS NOT NEW.lot); END;
"""


class QualitySystem:
    """``home`` is that of the drill's hub."""

    def __init__(self, home: Path) -> None:
        self.path = home / "demo" / "qms.sqlite3"

    def watch(self) -> None:
        self._do(WATCH)

    def forget(self) -> None:
        """What was written until now."""
        self._do("DELETE FROM drill_written;")

    def written(self) -> set[str]:
        """Messages that it was sent since."""
        return {row[0] for row in self._do("", "SELECT message_id FROM drill_written")}

    def holds(self) -> set[str]:
        """Messages whose record stands in it."""
        return {row[0] for row in self._do("", "SELECT message_id FROM inspection_result")}

    def changed(self) -> int:
        """How many records hold another value since."""
        return self._do("", "SELECT count(*) FROM drill_written WHERE is_changed")[0][0]

    def _do(self, script: str, question: str = "SELECT 1") -> list[Any]:
        with closing(sqlite3.connect(self.path, timeout=20)) as target:
            target.executescript(script)
            target.commit()
            return target.execute(question).fetchall()
