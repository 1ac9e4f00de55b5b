"""What a connection to a database declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import available_timezones

from connectors.credentials import credential


@dataclass(frozen=True)
class Credentials:
    """The account that the hub signs in with; SQLite asks for none."""

    user: str = credential(default="", secret=False)
    password: str = credential(default="")


@dataclass(frozen=True)
class Source:
    """A stream: a table or a query, how its rows are told apart, and how their changes are followed."""

    identity: tuple[str, ...] = field(metadata={"help": "Columns that are unique together and never NULL"})
    table: str = field(default="", metadata={"help": "Table or view, also schema.table"})
    query: str = field(default="", metadata={"help": "A SELECT, in the place of a table"})
    cursor: str = field(default="", metadata={"help": "Column that grows with every change: time or number"})
    cursor_fallback: str = field(default="", metadata={"help": "Column to use where the cursor is NULL"})
    overlap: int = field(default=60, metadata={"help": "Seconds, or numbers, that are read again each time", "min": 0})
    columns: tuple[str, ...] = field(default=(), metadata={"help": "Columns to read; none means all"})
    rename: Mapping[str, str] = field(default_factory=dict, metadata={"help": "Column to field name"})
    page_size: int = field(default=500, metadata={"help": "Rows a page", "min": 1, "max": 10_000})

    def __post_init__(self) -> None:
        if bool(self.table) == bool(self.query):
            raise ValueError("have either 'table' or 'query', and not both")
        if not self.identity:
            raise ValueError("have an 'identity': the columns that tell its rows apart")


@dataclass(frozen=True)
class Target:
    """A sink: a table, the columns that tell its rows apart, and what happens to a row that is there."""

    table: str = field(metadata={"help": "Table, also schema.table"})
    keys: tuple[str, ...] = field(default=(), metadata={"help": "Columns of a unique index: the external id"})
    mode: Literal["upsert", "insert"] = field(
        default="upsert", metadata={"help": "upsert, or insert where rows are never changed"}
    )
    key_column: str = field(default="", metadata={"help": "Column that keeps the hub's idempotency key"})
    fields: tuple[str, ...] = field(default=(), metadata={"help": "Fields to write; none means all"})
    rename: Mapping[str, str] = field(default_factory=dict, metadata={"help": "Field to column name"})

    def __post_init__(self) -> None:
        if self.mode == "upsert" and not self.keys:
            raise ValueError("have 'keys' in mode 'upsert': the columns of a unique index")
        if not self.keys and not self.key_column:
            raise ValueError("have 'keys' or 'key_column' in mode 'insert', to be asked by")


@dataclass(frozen=True)
class Settings:
    """One database, and the tables of it that are read or written."""

    engine: Literal["postgresql", "mariadb", "sqlite"] = field(metadata={"help": "Kind of database"})
    database: str = field(metadata={"help": "Name of the database; for SQLite the absolute path of its file"})
    host: str = field(default="", metadata={"help": "Name or address of the server"})
    port: int = field(
        default=0, metadata={"help": "0 means the port that the engine usually has", "min": 0, "max": 65535}
    )
    tls: bool = field(default=True, metadata={"help": "Encrypt, and verify the server's certificate and name"})
    ca_file: str = field(default="", metadata={"help": "PEM file of who may vouch for the server"})
    zone: str = field(default="", metadata={"help": "Time zone of columns without one, such as Europe/Zurich"})
    timeout: int = field(
        default=20, metadata={"help": "Seconds for connecting and for each statement", "min": 1, "max": 600}
    )
    streams: Mapping[str, Source] = field(default_factory=dict, metadata={"help": "What is read"})
    sinks: Mapping[str, Target] = field(default_factory=dict, metadata={"help": "What is written"})

    def __post_init__(self) -> None:
        if self.engine != "sqlite" and (not self.host or not set(self.host).isdisjoint("/,")):
            raise ValueError("name one 'host', a name or an address")
        if self.zone and self.zone not in available_timezones():
            raise ValueError(f"have a 'zone' of the time zone database, which {self.zone!r} is not")
