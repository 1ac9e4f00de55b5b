"""Tables and queries, read in pages that lose nothing at their borders.

A run is bounded: its first statement asks for the highest cursor, and the run reads up to there. A page
continues strictly after the last (cursor, identity) of the page before, so that rows that share a cursor
are never lost at a border; the next run begins ``overlap`` before the highest cursor of this one. A row is
therefore seen if it becomes visible at most ``overlap`` after the time (or number) that it carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from connectors.base import Stream
from connectors.errors import Misconfigured
from connectors.exact_json import encoded
from connectors.nesting import TOO_DEEP
from connectors.records import BrokenRecord, Checkpoint, Page, Record

from .settings import Source
from .values import Nested, ZoneMissing, moment, packed, plain, stepped_back, unpacked

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a run stands: rows from ``low`` to ``upto`` (inclusive), strictly behind ``after``."""

    low: Any = None
    upto: Any = None
    after: tuple[Any, ...] = ()

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(
            {"low": packed(self.low), "upto": packed(self.upto), "after": [packed(v) for v in self.after]}
        )


class WholeTable(Stream):
    """Read from end to end each time, in the order of the identity."""

    name: ClassVar[str] = "whole_table"
    source: ClassVar[Source]

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        position = self._start(since.cursor if since else {})
        while position is not None:
            page, position = self._page(position)
            if page is not None:
                yield page

    def probe(self) -> None:
        """Ask for one row, so that a missing table or column is known before the first run."""
        self._rows(Position(), limit=1)
        self._refuse_gaps()

    def _start(self, kept: dict[str, Any]) -> Position | None:
        """Go on in the middle of a run, or begin one."""
        if "after" in kept:
            after = tuple(unpacked(value) for value in kept["after"])
            return Position(unpacked(kept["low"]), unpacked(kept["upto"]), after)
        self._refuse_gaps()
        return self._begin(kept)

    def _begin(self, kept: dict[str, Any]) -> Position | None:
        return Position()

    def _rest(self, position: Position) -> Checkpoint:
        return Checkpoint({})

    def _page(self, position: Position) -> tuple[Page | None, Position | None]:
        found = self._rows(position, limit=self.source.page_size + 1)
        self._refuse_twins(found)
        rows = found[: self.source.page_size]
        if len(found) > len(rows):
            onward = Position(position.low, position.upto, self._order(rows[-1]))
            return Page(self._records(rows), onward.checkpoint()), onward
        if not rows and not position.after:
            return None, None
        return Page(self._records(rows), self._rest(position)), None

    def _rows(self, position: Position, limit: int) -> list[Row]:
        engine, mark = self.connector.engine, self.connector.engine.placeholder
        conditions, values = self._conditions(position)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        order = ", ".join(self._order_terms())
        with self.connector.reading() as cursor:
            cursor.execute(
                f"SELECT {self._selected()} FROM {self._from()}{where} ORDER BY {order} LIMIT {mark}",  # noqa: S608
                (*values, limit),
            )
            names = [column[0] for column in cursor.description]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if found:
            self._refuse_missing(engine.label, found[0])
        return found

    def _conditions(self, position: Position) -> tuple[list[str], list[Any]]:
        """The borders of a page as SQL and its values."""
        mark, terms = self.connector.engine.placeholder, self._order_terms()
        conditions, values = [], []
        for border, operator in ((position.low, ">="), (position.upto, "<=")):
            if border is not None:
                conditions.append(f"{terms[0]} {operator} {mark}")
                values.append(border)
        if position.after:
            marks = ", ".join([mark] * len(terms))
            conditions.append(f"({', '.join(terms)}) > ({marks})")
            values.extend(position.after)
        return conditions, values

    def _from(self) -> str:
        engine = self.connector.engine
        if self.source.table:
            return engine.quoted(self.source.table)
        return f"({engine.literal(self.source.query.strip().rstrip(';'))}) AS source"

    def _selected(self) -> str:
        if not self.source.columns:
            return "*"
        return ", ".join(map(self.connector.engine.quoted, dict.fromkeys(self._needed())))

    def _needed(self) -> tuple[str, ...]:
        return (*self.source.columns, *self.identity)

    def _order_terms(self) -> list[str]:
        return [self.connector.engine.quoted(column) for column in self.identity]

    def _order(self, row: Row) -> tuple[Any, ...]:
        return tuple(row[column] for column in self.identity)

    def _records(self, rows: list[Row]) -> tuple[Record | BrokenRecord, ...]:
        return tuple(self._record(row) for row in rows)

    def _record(self, row: Row) -> Record | BrokenRecord:
        zone, rename = self.connector.zone, self.source.rename
        chosen = self.source.columns or tuple(row)
        try:
            data = {rename.get(column, column): plain(row[column], zone) for column in chosen}
            identity = tuple(str(plain(row[column], zone)) for column in self.identity)
        except ZoneMissing as error:
            raise Misconfigured(
                f"In the stream {self.name!r} {error}; the setting 'zone' must say whose time it is."
            ) from None
        if nested := [column for column in chosen if isinstance(row[column], Nested)]:
            of = ", ".join(f"{column} {value}" for column, value in zip(self.identity, identity, strict=True))
            reason = f"The column {nested[0]!r} of the row with {of} in {self.name!r} {TOO_DEEP}."
            raw = encoded({name: str(value) if isinstance(value, Nested) else value for name, value in data.items()})
            return BrokenRecord(identity, raw, reason)
        return Record(identity, data, self._changed_at(row))

    def _changed_at(self, row: Row) -> Any:
        return None

    def _refuse_gaps(self) -> None:
        """A row without its identity or its cursor would be passed over without a word."""
        empty = " OR ".join(f"{term} IS NULL" for term in self._order_terms())
        with self.connector.reading() as cursor:
            cursor.execute(f"SELECT 1 FROM {self._from()} WHERE {empty} LIMIT 1", ())  # noqa: S608 - quoted
            found = cursor.fetchone()
        if found:
            columns = ", ".join(filter(None, (self.cursor, *self.identity)))
            raise Misconfigured(
                f"The stream {self.name!r} has a row with NULL in one of {columns}: it could never be read."
                " Name a 'cursor_fallback', or a query that fills the gap."
            )

    def _refuse_twins(self, rows: list[Row]) -> None:
        for one, other in pairwise(rows):
            if self._order(one) == self._order(other):
                named = ", ".join(f"{column} {one[column]}" for column in self.identity)
                raise Misconfigured(f"The stream {self.name!r} has two rows with {named}; it must be unique.")

    def _refuse_missing(self, label: str, row: Row) -> None:
        for column in (*self._needed(), *self.source.rename):
            if column not in row:
                raise Misconfigured(f"The stream {self.name!r} has no column {column!r} in {label}.")


class FollowedTable(WholeTable):
    """Read in the order of a cursor column, each time from where the last run ended."""

    name: ClassVar[str] = "followed_table"
    cursor = "configured"

    def _begin(self, kept: dict[str, Any]) -> Position | None:
        with self.connector.reading() as cursor:
            cursor.execute(f"SELECT max({self._order_terms()[0]}) FROM {self._from()}", ())  # noqa: S608
            highest = cursor.fetchone()[0]
        if highest is None:
            return None
        reached = unpacked(kept.get("reached"))
        return Position(None if reached is None else self._back(reached), highest)

    def _back(self, reached: Any) -> Any:
        try:
            return stepped_back(reached, self.source.overlap)
        except (ValueError, OverflowError):
            raise Misconfigured(
                f"The cursor {self.cursor!r} of {self.name!r} holds {reached!r}: neither time nor number."
            ) from None

    def _rest(self, position: Position) -> Checkpoint:
        return Checkpoint({"reached": packed(position.upto)})

    def _needed(self) -> tuple[str, ...]:
        return (*super()._needed(), *filter(None, (self.source.cursor, self.source.cursor_fallback)))

    def _order_terms(self) -> list[str]:
        quoted = self.connector.engine.quoted
        term = quoted(self.source.cursor)
        if self.source.cursor_fallback:
            term = f"coalesce({term}, {quoted(self.source.cursor_fallback)})"
        return [term, *super()._order_terms()]

    def _order(self, row: Row) -> tuple[Any, ...]:
        return (self._cursor_of(row), *super()._order(row))

    def _cursor_of(self, row: Row) -> Any:
        value = row[self.source.cursor]
        return row[self.source.cursor_fallback] if value is None and self.source.cursor_fallback else value

    def _changed_at(self, row: Row) -> Any:
        return moment(self._cursor_of(row), self.connector.zone)


def table_stream(name: str, source: Source) -> type[WholeTable]:
    """The class of one declared stream."""
    kind = FollowedTable if source.cursor else WholeTable
    cursor = source.cursor or None
    return type(
        kind.__name__,
        (kind,),
        {"name": name, "identity": source.identity, "cursor": cursor, "source": source},
    )
