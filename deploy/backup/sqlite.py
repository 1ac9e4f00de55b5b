"""SQLite: a copy through the online backup of the library, and the digests of its tables."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from manifest import Table
from surroundings import Stopped

FILE = "hub.sqlite3"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


@contextmanager
def frozen(settings: dict[str, Any]) -> Iterator[Any]:
    """The database in use; ``save`` copies one moment of it."""
    with connected(settings) as connection:
        yield connection


def save(settings: dict[str, Any], connection: Any, folder: Path) -> Path:
    """Copy in one go, so that the copy is of one moment; then it is one file, without a journal beside it."""
    path = folder / FILE
    with closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        said = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise Stopped(f"The copy is not sound: {said}")
    return path


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A file that nobody uses."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield connection


def tables(connection: Any) -> dict[str, Table]:
    """Name → rows and SHA-256 over them in order of their key."""
    names = [row[0] for row in connection.execute(TABLES).fetchall()]
    return {name: _digest(connection, name) for name in names}


def is_empty(settings: dict[str, Any]) -> bool:
    """Whether there is nothing that a restore could overwrite."""
    path = Path(settings["NAME"])
    if not path.exists():
        return True
    with opened(path) as connection:
        return not connection.execute(TABLES).fetchall()


def bring_back(settings: dict[str, Any], path: Path) -> None:
    """Put a copy in place, whole or not at all."""
    place = Path(settings["NAME"])
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.restoring")
    shutil.copyfile(path, draft)
    draft.chmod(0o600)
    for ending in ("-wal", "-shm", "-journal"):
        place.with_name(place.name + ending).unlink(missing_ok=True)
    draft.replace(place)


def value(connection: Any, statement: str) -> Any:
    """The first column of the first row; None where there is none."""
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


@contextmanager
def connected(settings: dict[str, Any]) -> Iterator[Any]:
    path = Path(settings["NAME"])
    if not path.exists():
        raise Stopped(f"There is no database at {path}.")
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        yield connection


def _digest(connection: Any, name: str) -> Table:
    found, rows = hashlib.sha256(), 0
    columns = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
    key = [f'"{column[1]}"' for column in sorted(columns, key=lambda one: one[5]) if column[5]] or ["rowid"]
    for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY {", ".join(key)}'):
        found.update(repr(row).encode())
        rows += 1
    return Table(rows, found.hexdigest())
