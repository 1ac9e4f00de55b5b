"""The two databases of a drill: the one that is lost, and the empty one that it is restored into."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID


class Databases:
    """``original`` and ``restored`` are settings of the environment, for the hub's processes."""

    def __init__(self, home: Path, postgresql: str) -> None:
        self.url = postgresql
        self.names = [f"interlock_drill_{os.getpid()}_{which}" for which in ("original", "restored")]
        if postgresql:
            base = postgresql.rsplit("/", 1)[0]
            places = [f"{base}/{name}" for name in self.names]
        else:
            places = [f"sqlite:///{home / which}.sqlite3" for which in ("original", "restored")]
        self.original, self.restored = ({"HUB_DATABASE_URL": place} for place in places)

    def make(self) -> None:
        for name in self.names if self.url else ():
            self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            self._administer(f"CREATE DATABASE {name}")

    def drop(self) -> None:
        for name in self.names if self.url else ():
            self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def rows(self, database: dict[str, str], question: str) -> list[Any]:
        """The first column of each row."""
        place = database["HUB_DATABASE_URL"]
        if self.url:
            import psycopg

            with psycopg.connect(place) as connection:
                return [row[0] for row in connection.execute(question).fetchall()]
        with closing(sqlite3.connect(place.removeprefix("sqlite:///"), timeout=20)) as connection:
            return [row[0] for row in connection.execute(question).fetchall()]

    def ids(self, database: dict[str, str], question: str) -> set[str]:
        """Ids as the API writes them."""
        return {str(one if isinstance(one, UUID) else UUID(one)) for one in self.rows(database, question)}

    def _administer(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)
