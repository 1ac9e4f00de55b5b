"""Tables that are written, a transaction for each record."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, datetime
from typing import Any, ClassVar

from connectors.base import Sink
from connectors.errors import ConnectorError, Misconfigured, RecordRejected
from connectors.records import Receipt, Record

from .settings import Target

Row = dict[str, Any]


class TableSink(Sink):
    """What an upsert and an insert share: the row of a record, and asking for it."""

    target: ClassVar[Target]
    _clocks: dict[str, str] | None = None

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        row = self._row(record, idempotency_key)
        for column in self.target.keys:
            if row.get(column) is None:
                raise _refused(column, f"The field for the key column {column!r} is empty or missing")
        try:
            with self.connector.writing() as cursor:
                self._apply(cursor, row)
        except RecordRejected as error:
            raise _named(error, list(row)) from None
        return self._receipt(row, idempotency_key)

    def find(self, record: Record, *, idempotency_key: str) -> Receipt | None:
        """By the idempotency key where the table keeps it, else by the key columns."""
        engine, row = self.connector.engine, self._row(record, idempotency_key)
        columns = [self.target.key_column] if self.target.key_column else list(self.target.keys)
        statement = f"SELECT 1 FROM {engine.quoted(self.target.table)} WHERE {engine.where(columns)}"  # noqa: S608
        with self.connector.reading() as cursor:
            cursor.execute(statement, tuple(row.get(column) for column in columns))
            found = cursor.fetchone()
        return self._receipt(row, idempotency_key) if found else None

    def clocks(self) -> dict[str, str]:
        """Which columns are times, asked once a session."""
        if self._clocks is None:
            table = self.connector.engine.quoted(self.target.table)
            with self.connector.reading() as cursor:
                cursor.execute(f"SELECT * FROM {table} WHERE 1 = 0", ())  # noqa: S608 - quoted above
                self._clocks = self.connector.engine.clocks(cursor.description)
                self._require({column[0] for column in cursor.description})
        return self._clocks

    def _require(self, columns: set[str]) -> None:
        needed = (*self.target.keys, *self.target.rename.values(), self.target.key_column)
        missing = sorted({column for column in needed if column} - columns)
        if missing:
            raise Misconfigured(f"The table {self.target.table!r} has no column {', '.join(missing)}.")

    @abstractmethod
    def _apply(self, cursor: Any, row: Row) -> None:
        """Write the row inside the open transaction."""

    def _row(self, record: Record, idempotency_key: str) -> Row:
        chosen = self.target.fields or tuple(record.data)
        row = {self.target.rename.get(name, name): self._value(name, record.data.get(name)) for name in chosen}
        if self.target.key_column:
            row[self.target.key_column] = idempotency_key
        return row

    def _value(self, field: str, value: Any) -> Any:
        if isinstance(value, (dict, list, tuple)):
            raise _refused(field, f"The field {field!r} holds several values, and a column takes one")
        if isinstance(value, str) and not value.isprintable():
            _require_text(field, value)
        clock = self.clocks().get(self.target.rename.get(field, field))
        if clock and isinstance(value, str):
            return self._time(field, value, clock)
        return self.connector.engine.bound(value)

    def _time(self, field: str, text: str, clock: str) -> Any:
        """In UTC for a column with a zone, on the connection's clock for one without."""
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            raise _refused(field, f"The field {field!r} is {text[:60]!r}, which is not an ISO 8601 time") from None
        if value.tzinfo is None:
            raise _refused(field, f"The field {field!r} is {text!r}, a time without a zone")
        if clock == "aware":
            return value.astimezone(UTC)
        if self.connector.zone is None:
            raise Misconfigured(f"The column of {field!r} keeps no zone: the setting 'zone' must say whose time it is.")
        return value.astimezone(self.connector.zone).replace(tzinfo=None)

    def _receipt(self, row: Row, idempotency_key: str) -> Receipt:
        named = "/".join(str(row[key]) for key in self.target.keys)
        return Receipt(named or idempotency_key)


class UpsertSink(TableSink):
    """Writing twice is writing once: the row with these keys is added or brought up to date."""

    name: ClassVar[str] = "upsert"
    idempotent = True

    def _apply(self, cursor: Any, row: Row) -> None:
        self.connector.engine.upsert(cursor, self.target.table, self.target.keys, row)


class InsertSink(TableSink):
    """Adds a row and never touches one; after a lost answer it can be asked."""

    name: ClassVar[str] = "insert"

    def _apply(self, cursor: Any, row: Row) -> None:
        cursor.execute(self.connector.engine.insert(self.target.table, row), tuple(row.values()))


def table_sink(name: str, target: Target) -> type[TableSink]:
    """The class of one declared sink."""
    kind = UpsertSink if target.mode == "upsert" else InsertSink
    return type(kind.__name__, (kind,), {"name": name, "target": target})


def _refused(field: str, sentence: str) -> ConnectorError:
    return RecordRejected(f"{sentence}.", field_errors={field: sentence})


def _require_text(field: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refused(field, f"The field {field!r} holds half a character (a lone surrogate)") from None


def _named(error: RecordRejected, columns: list[str]) -> RecordRejected:
    """``$3`` of a refusal becomes the third column of the statement."""
    numbered = {f"${number}": column for number, column in enumerate(columns, start=1)}
    complaints = {numbered.get(name, name): said for name, said in error.field_errors.items()}
    message = error.message
    for mark, column in numbered.items():
        message = message.replace(f"(column {mark})", f"(column {column})")
    return RecordRejected(message, detail=error.detail, field_errors=complaints)
