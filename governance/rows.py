"""Hand-written SQL: how the engine reads and writes its rows on both databases.

On PostgreSQL statements are prepared by the server and sent past the ORM, whose bulk_create costs several times as
much a row and cannot say ON CONFLICT … RETURNING for what was new. Few rows are the VALUES of one statement, in few
sizes, so that each size is prepared once; many go by COPY.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary, WeakSet

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

COPY_FROM = 8  # rows; below that, a prepared statement is quicker
TOGETHER_BELOW = 40  # rows a table, for several tables in one statement
STATEMENTS = 500  # texts that are kept, each some kilobytes
PORTIONS = (64, 8)  # rows a statement where COPY cannot be used; then what is left

Rows = Sequence[Sequence[Any]]
Table = tuple[type[models.Model], Sequence[str], Rows]
Statement = tuple[str, Sequence[Any]]  # with its values

_cursors: WeakKeyDictionary[psycopg.Connection, psycopg.RawCursor] = WeakKeyDictionary()
_by_index: WeakSet[psycopg.Connection] = WeakSet()


def fetch(statement: str, values: Iterable[Any] = ()) -> list[tuple]:
    """Run one statement; the rows that it gives. UUIDs and times of ``values`` go as this database keeps them."""
    if connection.vendor == "postgresql":
        with _prepared() as prepared:
            return prepared.execute(_numbered(statement), list(values), prepare=True).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters(values))
        return cursor.fetchall()


def execute(statement: str, values: Iterable[Any] = (), *, is_common: bool = True) -> None:
    """Run one statement that gives no rows. One that is not common is prepared once it has come a few times."""
    if connection.vendor == "postgresql":
        with _prepared() as prepared:
            prepared.execute(_numbered(statement), list(values), prepare=True if is_common else None)
    else:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters(values))


def fetch_each(statement: str, rows: Rows) -> list[tuple]:
    """Run one INSERT for rows, in order, where ``{values}`` stands for them; all rows that it returned."""
    found: list[tuple] = []
    for portion in _portions(rows):
        found += fetch(statement.replace("{values}", _values(portion)), _flat(portion))
    return found


def insert(model: type[models.Model], columns: Sequence[str], rows: Rows) -> None:
    """Insert rows given in the order of ``columns``."""
    if not rows:
        return
    head, converted = _ready(model, columns, rows)
    if connection.vendor == "postgresql" and len(rows) >= COPY_FROM:
        with _prepared() as cursor, cursor.copy(f"COPY {head} FROM STDIN") as stream:
            for row in converted:
                stream.write_row(row)
        return
    for portion in _portions(converted):
        execute(f"INSERT INTO {head} VALUES {_values(portion)}", _flat(portion))  # noqa: S608 - names come from models


def insert_together(*tables: Table, updates: Sequence[Statement] = ()) -> None:
    """Insert into several tables; few rows go in one statement, which spares a round trip a table.

    ``updates`` are of rows that were there before, and go along.
    """
    filled = [table for table in tables if table[2]]
    is_few = max((len(rows) for _, _, rows in filled), default=0) < TOGETHER_BELOW
    if connection.vendor == "postgresql" and is_few and len(filled) + len(updates) > 1:
        _in_one([*(_inserting(table) for table in filled), *updates])
        return
    for model, columns, rows in filled:
        insert(model, columns, rows)
    for update, values in updates:
        execute(update, values)


def _in_one(statements: Sequence[Statement]) -> None:
    *others, (last, _) = statements
    named = ", ".join(f"t{place} AS ({one})" for place, (one, _) in enumerate(others))
    execute(f"WITH {named} {last}", [value for _, values in statements for value in values], is_common=False)


def _inserting(table: Table) -> Statement:
    head, rows = _ready(*table)
    return f"INSERT INTO {head} VALUES {_values(rows)}", _flat(rows)  # noqa: S608 - names come from models


def _ready(model: type[models.Model], columns: Sequence[str], rows: Rows) -> tuple[str, Rows]:
    """Table with its columns, and the rows as this database takes them."""
    convert = _converters(model, tuple(columns), connection.vendor)
    converted = [
        [put(value) if put and value is not None else value for put, value in zip(convert, row, strict=True)]
        for row in rows
    ]
    return _head(model, tuple(columns)), converted


def _flat(rows: Rows) -> list[Any]:
    return [value for row in rows for value in row]


def _portions(rows: Rows) -> Iterator[Rows]:
    start = 0
    for size in PORTIONS:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size
    if start < len(rows):
        yield rows[start:]


def _values(rows: Rows) -> str:
    return ", ".join([f"({marks(rows[0])})"] * len(rows))


def insert_new(model: type[models.Model], columns: Sequence[str], rows: Rows) -> set[UUID]:
    """Insert those whose keys are not there yet, in the order given; the ids of those that were new."""
    head = _head(model, tuple(columns))
    statement = f"INSERT INTO {head} VALUES {{values}} ON CONFLICT DO NOTHING RETURNING id"  # noqa: S608
    return {as_uuid(row[0]) for row in fetch_each(statement, rows)}


def plan_by_index() -> None:
    """From here on, statements of this thread's connection find rows by their indexes; for those who work through rows.

    A prepared statement keeps its plan. Made while a table was nearly empty, the plan reads the table as a whole, and
    goes on to do so when there are a hundred thousand rows in it. SQLite plans by index anyway.
    """
    if connection.vendor == "postgresql":
        with _prepared() as prepared:
            if prepared.connection not in _by_index:
                prepared.execute("SET SESSION enable_seqscan = off; SET SESSION jit = off")
                _by_index.add(prepared.connection)


@contextmanager
def _prepared() -> Iterator[psycopg.RawCursor]:
    """The cursor that binds and prepares on the server, one a connection; Django's own binds in the client."""
    here = connections[DEFAULT_DB_ALIAS]  # the proxy would look it up at every attribute
    here.ensure_connection()
    with here.wrap_database_errors:
        cursor = _cursors.get(here.connection)
        if cursor is None or cursor.closed:
            cursor = _cursors[here.connection] = psycopg.RawCursor(here.connection)
        yield cursor


@lru_cache(STATEMENTS)
def _numbered(statement: str) -> str:
    """``%s`` as PostgreSQL itself writes it, ``$1``: psycopg would look for it anew in each long statement."""
    first, *others = statement.split("%s")
    return first + "".join(f"${place}{text}" for place, text in enumerate(others, 1))


@cache
def _head(model: type[models.Model], columns: tuple[str, ...]) -> str:
    return f"{connection.ops.quote_name(model._meta.db_table)} ({', '.join(columns_of(model, columns))})"


def columns_of(model: type[models.Model], names: Sequence[str]) -> list[str]:
    """The quoted columns of fields."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [connection.ops.quote_name(field.column) for field in fields]


def typed(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple]) -> list[tuple]:
    """Rows that ``fetch`` gave for these fields, with UUIDs and times as Python has them."""
    if connection.vendor == "postgresql":
        return list(rows)
    readers = [_reader(model._meta.get_field(name)) for name in names]
    return [
        tuple(read(value) if read and value is not None else value for read, value in zip(readers, row, strict=True))
        for row in rows
    ]


def _reader(field: Any) -> Callable[[Any], Any] | None:
    """SQLite keeps UUIDs and times as text."""
    match field:
        case models.UUIDField():
            return as_uuid
        case models.DateTimeField():
            return as_time
    return None


def as_time(value: Any) -> datetime:
    """What a cursor gave for a column of times; SQLite's are in UTC and do not say so."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def among(column: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """``column`` is one of ``values``: the condition and its parameters, one statement for any number of them."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(values)]
    return f"{column} IN ({marks(values)})", list(values)


@cache
def _converters(
    model: type[models.Model], columns: tuple[str, ...], vendor: str
) -> tuple[Callable[[Any], Any] | None, ...]:
    return tuple(_converter(model._meta.get_field(name), vendor) for name in columns)


def _converter(field: Any, vendor: str) -> Callable[[Any], Any] | None:
    match field:
        case models.JSONField():
            return json.dumps
        case models.UUIDField() if vendor == "sqlite":
            return hex_of
        case models.DateTimeField() if vendor == "sqlite":
            return connection.ops.adapt_datetimefield_value
    return None


def hex_of(value: UUID) -> str:
    """How SQLite keeps a UUID."""
    return value.hex


def parameters(values: Iterable[Any]) -> list[Any]:
    """Values for hand-written SQL: UUIDs and times as this database keeps them."""
    return [_as_sqlite_keeps(value) for value in values] if connection.vendor == "sqlite" else list(values)


def _as_sqlite_keeps(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def as_uuid(value: Any) -> UUID:
    """What a cursor gave for a UUID column."""
    return value if isinstance(value, UUID) else UUID(hex=value)


def marks(values: Sequence[Any]) -> str:
    """``%s, %s, %s`` for an IN list."""
    return ", ".join(["%s"] * len(values))


def now() -> str:
    """The clock of the database, as ``RETURNING`` gives it beside a new row: ``as_time`` reads it."""
    return (
        "STATEMENT_TIMESTAMP()" if connection.vendor == "postgresql" else "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')"
    )


def locked() -> str:
    """Wait for rows that another transaction holds; SQLite has one writer and needs nothing."""
    return " FOR UPDATE" if connection.vendor == "postgresql" else ""


def skip_locked() -> str:
    """Rows that another worker holds are passed over; SQLite has one writer and needs nothing."""
    return " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
