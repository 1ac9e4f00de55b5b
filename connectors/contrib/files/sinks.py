"""One file a record, named by its idempotency key: writing twice is writing the same file."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.base import Sink
from connectors.errors import RecordRejected
from connectors.exact_json import encoded
from connectors.records import Receipt, Record

from .settings import Target

PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class FolderSink(Sink):
    """Whoever takes the files must know a file by its name: a file taken away may come a second time."""

    name: ClassVar[str] = "files"
    idempotent = True
    target: ClassVar[Target]

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        name = self._file_name(idempotency_key)
        content = self._csv(record.data) if self.target.format == "csv" else encoded(record.data) + b"\n"
        self.connector.place.put(self.target.folder, name, content)
        return Receipt(f"{self.target.folder}/{name}")

    def find(self, record: Record, *, idempotency_key: str) -> Receipt | None:
        """Is the file still there? It is not once somebody took it."""
        name = self._file_name(idempotency_key)
        there = self.connector.place.look(self.target.folder, name)
        return Receipt(f"{self.target.folder}/{name}") if there else None

    def _file_name(self, key: str) -> str:
        """A key that is no plain name gives its digest: nothing of a record reaches a path."""
        plain = key if PLAIN_NAME.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()
        return f"{self.target.prefix}{plain}.{self.target.format}"

    def _csv(self, data: Mapping[str, Any]) -> bytes:
        columns = self.target.columns or tuple(data)
        lines = io.StringIO(newline="")
        writer = csv.writer(lines, delimiter=self.target.delimiter, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerow([_cell(column, data.get(column), self.target.encoding) for column in columns])
        return lines.getvalue().encode(self.target.encoding)


def folder_sink(name: str, target: Target) -> type[FolderSink]:
    """The class of one declared sink."""
    return type(FolderSink.__name__, (FolderSink,), {"name": name, "target": target})


def _cell(column: str, value: Any, encoding: str) -> str:
    if isinstance(value, (dict, list)):
        raise _refused(column, f"The field {column!r} holds several values, and a CSV column takes one")
    text = "" if value is None else str(value)
    try:
        codecs.encode(text, encoding)
    except UnicodeEncodeError as error:
        raise _refused(
            column, f"The field {column!r} has the character {text[error.start]!a}, which {encoding} lacks"
        ) from None
    return text


def _refused(field: str, sentence: str) -> RecordRejected:
    return RecordRejected(f"{sentence}.", field_errors={field: sentence})
