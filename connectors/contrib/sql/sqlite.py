"""SQLite through the standard library."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from connectors.errors import AccessDenied, ConnectorError, Misconfigured, RecordRejected, Unreachable
from connectors.fence import FileFence
from connectors.network import NetworkPolicy

from .engine import Engine, Judgement

# The name of the primary code: https://www.sqlite.org/rescode.html
NAMES: dict[str, type[ConnectorError]] = {
    "SQLITE_CONSTRAINT": RecordRejected,
    "SQLITE_MISMATCH": RecordRejected,
    "SQLITE_TOOBIG": RecordRejected,
    "SQLITE_BUSY": Unreachable,
    "SQLITE_LOCKED": Unreachable,
    "SQLITE_INTERRUPT": Unreachable,
    "SQLITE_IOERR": Unreachable,
    "SQLITE_FULL": Unreachable,
    "SQLITE_PERM": AccessDenied,
    "SQLITE_AUTH": AccessDenied,
    "SQLITE_READONLY": AccessDenied,
}
COLUMNS = re.compile(r"constraint failed: (.+)")


class SQLite(Engine):
    """One file, which must exist: a wrong path may not quietly become an empty database."""

    label, package, module = "SQLite", "sqlite3", "sqlite3"
    placeholder = "?"
    begin_read, begin_write = "BEGIN", "BEGIN IMMEDIATE"
    who = "SELECT file, 'SQLite ' || sqlite_version() FROM pragma_database_list WHERE name = 'main'"

    def connect(self, settings: Any, credentials: Any, network: NetworkPolicy, files: FileFence) -> Any:
        given = Path(settings.database)
        path = files.file("The database", given) if given.is_absolute() else given
        if not path.is_absolute() or not path.is_file():
            raise Misconfigured(f"The database {settings.database!r} is not an existing file with an absolute path.")
        connection = self.driver.connect(
            f"file:{quote(str(path))}?mode=rw", uri=True, timeout=settings.timeout, isolation_level=None
        )
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def judge(self, error: Exception) -> Judgement:
        name = getattr(error, "sqlite_errorname", "") or ""
        kind = next((kind for prefix, kind in NAMES.items() if name.startswith(prefix)), Misconfigured)
        said = str(error).rstrip(".")
        named = COLUMNS.search(said) if kind is RecordRejected else None
        columns = tuple(part.strip().rpartition(".")[2] for part in named[1].split(",")) if named else ()
        return Judgement(kind, said, name, columns, lost=name.startswith("SQLITE_IOERR"))

    def bound(self, value: Any) -> Any:
        """Exact text: SQLite has no decimal and no integer beyond 64 bits."""
        too_large = isinstance(value, int) and not -(2**63) <= value < 2**63
        return str(value) if isinstance(value, Decimal) or too_large else value
