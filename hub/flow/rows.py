"""Set-based writes: how the engine puts many rows down in one statement, on both databases.

The ORM's bulk_create costs several times as much a row, and cannot say ON CONFLICT … RETURNING for what was new.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

ROWS_A_STATEMENT = 500
COPY_FROM = 8  # rows; below that a statement is quicker


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    unless_exists: bool = False,
) -> list[UUID]:
    """Insert rows given in the order of ``columns``. With ``unless_exists``: the ids of those that were new."""
    if not unless_exists and len(rows) >= COPY_FROM and connection.vendor == "postgresql":
        _copy(model, tuple(columns), rows)
        return []
    ids: list[UUID] = []
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        ids += _insert(model, tuple(columns), rows[start : start + ROWS_A_STATEMENT], unless_exists)
    return ids


def _copy(model: type[models.Model], columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Many rows: COPY spares both sides the reading of a statement with thousands of placeholders."""
    convert = _converters(model, columns, "postgresql")
    head = _head(model, columns, "postgresql").replace("INSERT INTO", "COPY", 1)
    with connection.cursor() as cursor, cursor.copy(f"{head} FROM STDIN") as stream:
        for row in rows:
            stream.write_row(
                [put(value) if put and value is not None else value for put, value in zip(convert, row, strict=True)]
            )


def _insert(
    model: type[models.Model], columns: tuple[str, ...], rows: Sequence[Any], unless_exists: bool
) -> list[UUID]:
    prepare = _converters(model, columns, connection.vendor)
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    head, quote = _head(model, columns, connection.vendor), ", ".join([one] * len(rows))
    tail = " ON CONFLICT DO NOTHING RETURNING id" if unless_exists else ""
    parameters = [
        value if convert is None or value is None else convert(value)
        for row in rows
        for convert, value in zip(prepare, row, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{head} VALUES {quote}{tail}", parameters)
        return [as_uuid(row[0]) for row in cursor.fetchall()] if unless_exists else []


@cache
def _head(model: type[models.Model], columns: tuple[str, ...], vendor: str) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names})"


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


def parameter(value: Any) -> Any:
    """A value for hand-written SQL: UUIDs and times as this database keeps them."""
    if connection.vendor == "sqlite":
        if isinstance(value, UUID):
            return value.hex
        if hasattr(value, "tzinfo"):
            return connection.ops.adapt_datetimefield_value(value)
    return value


def parameters(values: Iterable[Any]) -> list[Any]:
    return [parameter(value) for value in values]


def as_uuid(value: Any) -> UUID:
    """What a cursor gave for a UUID column."""
    return value if isinstance(value, UUID) else UUID(hex=value)


def marks(values: Sequence[Any]) -> str:
    """``%s, %s, %s`` for an IN list."""
    return ", ".join(["%s"] * len(values))


def skip_locked() -> str:
    """Rows that another worker holds are passed over; SQLite has one writer and needs nothing."""
    return " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
