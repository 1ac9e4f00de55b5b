"""A connection to a PostgreSQL, MariaDB or SQLite database whose tables are configured, not coded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import tzinfo
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import Connector, Sink, Stream
from connectors.errors import AccessDenied, ConnectorError, Misconfigured, OutcomeUnknown, RecordRejected, Unreachable
from connectors.records import Health

from .engine import Engine, Judgement
from .mariadb import MariaDB
from .postgresql import PostgreSQL
from .settings import Credentials, Settings
from .sinks import InsertSink, UpsertSink, table_sink
from .sqlite import SQLite
from .streams import FollowedTable, WholeTable, table_stream

ENGINES: dict[str, type[Engine]] = {"postgresql": PostgreSQL, "mariadb": MariaDB, "sqlite": SQLite}


class SqlDatabase(Connector):
    """Reads in read-only transactions of a page each; writes one transaction a record."""

    key = "sql"
    label = "SQL database"
    Settings = Settings
    Credentials = Credentials
    streams = (FollowedTable, WholeTable)  # what the settings may declare; a connection offers its own
    sinks = (UpsertSink, InsertSink)

    _session: Any = None
    _engine: Engine | None = None

    def offered_streams(self) -> Sequence[type[Stream]]:
        return [table_stream(name, source) for name, source in self.settings.streams.items()]

    def offered_sinks(self) -> Sequence[type[Sink]]:
        return [table_sink(name, target) for name, target in self.settings.sinks.items()]

    @property
    def engine(self) -> Engine:
        """The engine of the settings, its driver loaded."""
        if self._engine is None:
            self._engine = ENGINES[self.settings.engine]()
        return self._engine

    @property
    def zone(self) -> tzinfo | None:
        """The clock of columns that keep none."""
        return ZoneInfo(self.settings.zone) if self.settings.zone else None

    def open(self) -> None:
        try:
            self._session = self.engine.connect(self.settings, self.credentials, self.network, self.files)
        except self.engine.driver.Error as error:
            raise self._explained(self.engine.judge(error), writes=False) from None

    def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(self.engine.driver.Error):
                session.close()

    def check(self) -> Health:
        try:
            return Health(True, self._introduction())
        except ConnectorError as error:
            return Health(False, error.message)

    def _introduction(self) -> str:
        streams, sinks = self.offered_streams(), self.offered_sinks()
        was_open = self._session is not None
        try:
            if not was_open:
                self.open()
            with self.reading() as cursor:
                cursor.execute(self.engine.who)
                user, version = cursor.fetchone()
            for stream in streams:
                stream(self).probe()  # type: ignore[attr-defined]
            for sink in sinks:
                sink(self).clocks()  # type: ignore[attr-defined]
        finally:
            if not was_open:
                self.close()
        return f"Connected as {user} to {self.settings.database} ({version.split(' on ')[0]})."

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """A cursor in a transaction that the database itself keeps read-only."""
        with self._transaction(self.engine.begin_read, writes=False) as cursor:
            yield cursor

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """A cursor in a transaction that commits at the end; only a lost commit is of unknown outcome."""
        with self._transaction(self.engine.begin_write, writes=True) as cursor:
            yield cursor

    @contextmanager
    def _transaction(self, begin: str, *, writes: bool) -> Iterator[Any]:
        if self._session is None:
            raise Unreachable(f"The connection to {self._place()} is not open.")
        cursor = None
        try:
            cursor = self._session.cursor()
            cursor.execute(begin)
            yield cursor
        except self.engine.driver.Error as error:
            self._undo(cursor)
            raise self._explained(self.engine.judge(error), writes=writes) from None
        except UnicodeError:
            self._undo(cursor)
            raise Misconfigured(f"{self._place()}, sent text that is not in the encoding it declares.") from None
        except BaseException:
            self._undo(cursor)
            raise
        self._commit(cursor, writes=writes)

    def _commit(self, cursor: Any, *, writes: bool) -> None:
        try:
            cursor.execute("COMMIT")
        except self.engine.driver.Error as error:
            judged = self.engine.judge(error)
            self._undo(cursor)
            if judged.lost and writes:
                raise OutcomeUnknown(
                    f"The connection to {self._place()} was lost while it confirmed the record.",
                    detail=f"{judged.code} {judged.said}",
                ) from None
            raise self._explained(judged, writes=writes) from None
        cursor.close()

    def _undo(self, cursor: Any) -> None:
        """What cannot be rolled back because the connection is gone, the database rolls back itself."""
        if cursor is not None:
            with suppress(self.engine.driver.Error):
                cursor.execute("ROLLBACK")
                cursor.close()

    def _place(self) -> str:
        where = f" at {self.settings.host}" if self.settings.host else ""
        name = PurePath(self.settings.database).name  # of a file only its name: a sentence for a person shows no path
        return f"{self.engine.label}{where}, database {name}"

    def _explained(self, judged: Judgement, *, writes: bool) -> ConnectorError:
        """The sentence for a person; a value that a query cannot digest is the query's fault."""
        kind = judged.kind if writes or judged.kind is not RecordRejected else Misconfigured
        if kind is RecordRejected:
            where = f" (column {', '.join(judged.columns)})" if judged.columns else ""
            message = f"{self._place()}, refused the record{where}: {judged.said}."
            complaints = dict.fromkeys(judged.columns, judged.said)
            return RecordRejected(message, detail=judged.code, field_errors=complaints)
        did = "could not serve us" if kind is Unreachable else "refused"
        if kind is AccessDenied and "access denied" not in judged.said.lower():
            did = "refused, access denied"
        return kind(f"{self._place()}, {did}: {judged.said}.", detail=judged.code)
