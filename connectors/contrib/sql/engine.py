"""What the three databases have in common, and the questions on which they differ."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar

from connectors.errors import ConnectorError, Misconfigured, Unsupported
from connectors.fence import FileFence
from connectors.network import NetworkPolicy

IDENTIFIER = re.compile(r"\w[\w$# -]{0,127}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an error of a driver means. ``lost``: the answer itself may have been lost on the way."""

    kind: type[ConnectorError]
    said: str
    code: str = ""
    columns: tuple[str, ...] = ()
    lost: bool = False


class Engine(ABC):
    """A kind of database. Its driver is loaded when it is needed, so that an installation may lack it."""

    label: ClassVar[str]
    package: ClassVar[str]
    module: ClassVar[str]
    placeholder: ClassVar[str] = "%s"
    quote_mark: ClassVar[str] = '"'
    begin_read: ClassVar[str]
    begin_write: ClassVar[str] = "BEGIN"
    who: ClassVar[str]

    def __init__(self) -> None:
        self.driver = _driver(self.module, self.label, self.package)

    @abstractmethod
    def connect(self, settings: Any, credentials: Any, network: NetworkPolicy, files: FileFence) -> Any:
        """One session in autocommit, on UTC, with time-outs; ``network`` and ``files`` say where it may lead."""

    @abstractmethod
    def judge(self, error: Exception) -> Judgement:
        """Read the driver's error once, here, so that nobody else looks at codes."""

    def clocks(self, description: Sequence[Any]) -> dict[str, str]:
        """Of the columns described, those of a time type: ``aware`` or ``naive``."""
        return {}

    def quoted(self, name: str) -> str:
        """``schema.table`` or a column, each part checked and quoted; never a value."""
        parts = name.split(".")
        for part in parts:
            if not IDENTIFIER.fullmatch(part):
                raise Misconfigured(
                    f"The name {name!r} cannot be a table or a column: letters, digits and _ $ # - only."
                )
        return ".".join(f"{self.quote_mark}{part}{self.quote_mark}" for part in parts)

    def literal(self, sql: str) -> str:
        """A configured query inside a statement with parameters: its own percent signs are not ours."""
        return sql.replace("%", "%%") if self.placeholder == "%s" else sql

    def bound(self, value: Any) -> Any:
        """A value of a record as the driver takes it."""
        return value

    def insert(self, table: str, row: Mapping[str, Any]) -> str:
        """The statement that adds a row."""
        columns = ", ".join(self.quoted(column) for column in row)
        marks = ", ".join([self.placeholder] * len(row))
        return f"INSERT INTO {self.quoted(table)} ({columns}) VALUES ({marks})"  # noqa: S608 - quoted above

    def upsert(self, cursor: Any, table: str, keys: Sequence[str], row: Mapping[str, Any]) -> None:
        """Add the row, or bring the one with these keys up to date; a row of other keys is never touched."""
        settable = [column for column in row if column not in keys] or list(keys)
        changes = ", ".join(f"{self.quoted(c)} = excluded.{self.quoted(c)}" for c in settable)
        target = ", ".join(self.quoted(key) for key in keys)
        statement = f"{self.insert(table, row)} ON CONFLICT ({target}) DO UPDATE SET {changes}"
        cursor.execute(statement, tuple(row.values()))

    def where(self, columns: Sequence[str]) -> str:
        """``a = ? AND b = ?``, quoted."""
        return " AND ".join(f"{self.quoted(column)} = {self.placeholder}" for column in columns)


def _driver(module: str, label: str, package: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError:
        raise Unsupported(f"{label} needs the Python package {package}, which is not installed here.") from None
