"""The hub's own files: no connection opens them, whatever folders it is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hub import env, homekeys

BESIDE_A_DATABASE = ("", "-wal", "-shm", "-journal")


def own_files(home: Path, database: dict[str, Any]) -> list[str]:
    """Paths of the embedded database and what SQLite keeps beside it, of the keys under ``home``, and of secrets in
    files (``HUB_…_FILE``). Some need not exist."""
    keys = [str(home / name) for name in homekeys.NAMES]
    return [*_database_files(database), *keys, *env.secret_files()]


def _database_files(database: dict[str, Any]) -> list[str]:
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    return [f"{database['NAME']}{ending}" for ending in BESIDE_A_DATABASE]
