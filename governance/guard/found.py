"""Taking stock before the guards come (back): what stands in a table against what the ledger last said of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from governance.guard import tables
from governance.guard.sqlite import LEDGER, NOW
from governance.guard.tables import Guarded

SHOWN = 3  # rows a sentence names


def differences(connection: Any) -> list[str]:
    """Sentences about rows that changed without history."""
    with connection.cursor() as cursor:
        return [sentence for look in _looks(connection, cursor) for sentence in look.wrong()]


def take_stock(connection: Any) -> None:
    """Rows that the ledger does not know, since they are older than the guards, get their first line."""
    with connection.cursor() as cursor:
        for look in _looks(connection, cursor):
            look.add_unknown()


def _looks(connection: Any, cursor: Any) -> list[_Look]:
    return [_Look(connection, cursor, one) for one in tables.each() if one.is_in_ledger]


class _Look:
    """One table against its lines."""

    def __init__(self, connection: Any, cursor: Any, one: Guarded) -> None:
        self._cursor, self._one = cursor, one
        self._is_postgresql = connection.vendor == "postgresql"
        self._key = f't."{one.key}"' + ("::text" if self._is_postgresql else "")
        self._lines = f"SELECT 1 FROM {LEDGER} l WHERE l.table_name = '{one.table}' AND l.row_key = {self._key}"

    def wrong(self) -> list[str]:
        found = {"changed": list(self._changed()), "vanished": list(self._vanished())}
        if self._one.history:
            found["unexplained"] = list(self._without_history())
            found["invented"] = list(self._lines_without_history())
        return [self._sentence(how, keys) for how, keys in found.items() if keys]

    def add_unknown(self) -> None:
        version = "t.row_version" if self._one.is_versioned else "0"
        now = "clock_timestamp()" if self._is_postgresql else NOW
        self._cursor.execute(
            f"INSERT INTO {LEDGER} (kind, table_name, row_key, row_version, operation, new, act, recorded_at) "
            f"SELECT 'row', '{self._one.table}', {self._key}, {version}, 'found', {self._content('t')}, "
            f"""'{{"actor":"migration"}}', {now} FROM {self._one.table} t WHERE NOT EXISTS ({self._lines})"""
        )

    def _changed(self) -> Iterator[str]:
        """Rows whose columns differ from what the last line says, in those columns that both have."""
        last = self._lines.replace("SELECT 1", "SELECT l.new") + " ORDER BY l.number DESC LIMIT 1"
        self._cursor.execute(
            f"SELECT * FROM (SELECT {self._key} AS k, {self._content('t')} AS c, ({last}) AS n "
            f"FROM {self._one.table} t) f WHERE n IS NOT NULL AND n <> c"
        )
        for key, content, line in self._cursor.fetchall():
            here, there = json.loads(content), json.loads(line)
            if any(here[name] != there[name] for name in here.keys() & there.keys()):
                yield str(key)

    def _vanished(self) -> Iterator[str]:
        """Keys whose last line is not that of their removal, and whose row is not there."""
        self._cursor.execute(
            f"SELECT l.row_key FROM {LEDGER} l WHERE l.table_name = '{self._one.table}' AND l.operation <> 'delete' "
            f"AND l.number = (SELECT max(m.number) FROM {LEDGER} m WHERE m.table_name = l.table_name "
            f"AND m.row_key = l.row_key) "
            f"AND NOT EXISTS (SELECT 1 FROM {self._one.table} t WHERE {self._key} = l.row_key)"
        )
        yield from (row[0] for row in self._cursor.fetchall())

    def _without_history(self) -> Iterator[str]:
        """Governed rows without a history row that equals them."""
        equal = f"{self._content('h')} = {self._content('t')}"
        if self._is_postgresql:
            equal = f"to_jsonb(h) @> ({self._content('t')})::jsonb"
        self._cursor.execute(
            f"SELECT {self._key} FROM {self._one.table} t WHERE NOT EXISTS (SELECT 1 FROM {self._one.history} h "
            f"WHERE h.id = t.id AND h.row_version = t.row_version AND {equal})"
        )
        yield from (str(row[0]) for row in self._cursor.fetchall())

    def _lines_without_history(self) -> Iterator[str]:
        """Lines about rows that no history row stands behind."""
        kind = "CASE l.operation WHEN 'insert' THEN '+' WHEN 'update' THEN '~' ELSE '-' END"
        key = "h.id" + ("::text" if self._is_postgresql else "")
        self._cursor.execute(
            f"SELECT l.row_key FROM {LEDGER} l WHERE l.table_name = '{self._one.table}' AND l.operation <> 'found' "
            f"AND NOT EXISTS (SELECT 1 FROM {self._one.history} h WHERE {key} = l.row_key "
            f"AND h.row_version = l.row_version AND h.history_type = {kind})"
        )
        yield from (row[0] for row in self._cursor.fetchall())

    def _content(self, side: str) -> str:
        if self._is_postgresql:
            hidden = "".join(f" - '{column}'" for column in self._one.hidden)
            return f"(to_jsonb({side}){hidden})::text"
        pairs = (f"'{column}', {self._value(side, column)}" for column in self._one.told)
        return f"json_object({', '.join(pairs)})"

    def _value(self, side: str, column: str) -> str:
        return f'hex({side}."{column}")' if column in self._one.binary else f'{side}."{column}"'

    def _sentence(self, how: str, keys: list[str]) -> str:
        first = ", ".join(keys[:SHOWN]) + (" …" if len(keys) > SHOWN else "")
        says = {
            "changed": "differ from the last line of the ledger",
            "vanished": "are gone, and the ledger does not say who removed them",
            "unexplained": "have no equal history row",
            "invented": "stand in the ledger with a version that no history row has",
        }
        return f"{self._one.table}: {len(keys)} row(s) {says[how]} ({first})."
