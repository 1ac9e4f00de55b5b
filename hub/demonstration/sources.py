"""Puts records where their source keeps them, as the source itself would."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hub.demonstration.places import Places
from hub.demonstration.records import Row

DELIMITER, ENCODING = ";", "cp1252"
LEFT_OF_A_BROKEN_LINE = 4


def drop_ncrs(places: Places, number: int, rows: Sequence[Row], *, broken: Sequence[Row] = ()) -> None:
    """One CSV file of the MES. Broken lines come last and lack their last columns."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerow([*rows, *broken][0])
    for row in rows:
        writer.writerow(row.values())
    for row in broken:
        writer.writerow(list(row.values())[:LEFT_OF_A_BROKEN_LINE])
    put(places.mes / f"ncr_{number:06d}.csv", lines.getvalue().encode(ENCODING))


def drop_certificates(places: Places, number: int, rows: Sequence[Row]) -> None:
    """One JSON file of the calibration contractor."""
    text = json.dumps({"contractor": "Metrika Kalibrierdienst", "certificates": list(rows)}, ensure_ascii=False)
    put(places.metrology / f"cal_{number:06d}.json", text.encode())


def insert(database: Any, table: str, rows: Sequence[Row]) -> None:
    """Rows into one of our own tables, unless they are there; the names come from our own records."""
    for row in rows:
        marks = ", ".join("?" * len(row))
        statement = f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
        database.execute(statement, tuple(row.values()))


def replace(database: Any, table: str, rows: Sequence[Row]) -> None:
    """Rows of a view that shows only the newest of each."""
    for row in rows:
        marks = ", ".join("?" * len(row))
        statement = f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
        database.execute(statement, tuple(row.values()))


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction in the database of a system."""
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        yield database


def prune(folder: Path, keep: int) -> None:
    """Throw away the oldest files that were read long ago."""
    if folder.is_dir():
        for path in sorted(folder.iterdir(), key=lambda found: found.name)[:-keep]:
            path.unlink(missing_ok=True)


def put(path: Path, content: bytes) -> None:
    """Whoever reads the folder sees a whole file or none."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
