"""PostgreSQL: a dump and the digests of its tables from one snapshot, and the way back."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from manifest import Table
from psycopg import sql
from surroundings import Stopped

FILE = "hub.dump"
TABLES = """
SELECT c.oid::regclass::text, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
KEY = """
SELECT a.attname, a.attcollation <> 0 FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey::int[], a.attnum::int)
"""
SAME_TEXT = (
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO'",
    "SET IntervalStyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET client_encoding = 'UTF8'",
)


@contextmanager
def frozen(settings: dict[str, Any]) -> Iterator[Any]:
    """A connection that sees one moment, and lends that moment to pg_dump."""
    with connected(settings) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection
        connection.rollback()


def save(settings: dict[str, Any], connection: Any, folder: Path) -> Path:
    """Dump what ``connection`` sees, in pg_dump's custom format."""
    snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
    path = folder / FILE
    command = [
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--file={path}",
    ]
    _run([*command, *_place(settings)], settings)
    return path


def tables(connection: Any) -> dict[str, Table]:
    """Name → rows and SHA-256 over them in order of their key, as COPY writes them."""
    return {name: _digest(connection, quoted) for quoted, name in connection.execute(TABLES).fetchall()}


def is_empty(settings: dict[str, Any]) -> bool:
    """Whether there is nothing that a restore could overwrite."""
    with connected(settings) as connection:
        return not connection.execute(TABLES).fetchone()


def bring_back(settings: dict[str, Any], path: Path) -> None:
    """Restore the dump in one transaction: whole or not at all."""
    command = ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run([*command, *_place(settings), str(path)], settings)


def value(connection: Any, statement: str) -> Any:
    """The first column of the first row; None where there is none."""
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


@contextmanager
def connected(settings: dict[str, Any]) -> Iterator[Any]:
    try:
        connection = psycopg.connect(
            dbname=settings["NAME"], user=settings.get("USER") or None, password=settings.get("PASSWORD") or None,
            host=settings.get("HOST") or None, port=settings.get("PORT") or None, autocommit=True,
        )  # fmt: skip
    except psycopg.OperationalError as error:
        raise Stopped(f"The database cannot be reached: {error}") from None
    with connection:
        for statement in SAME_TEXT:
            connection.execute(statement)
        yield connection


def _digest(connection: Any, quoted: str) -> Table:
    found, rows = hashlib.sha256(), 0
    order = [
        sql.SQL("{}{}").format(sql.Identifier(name), sql.SQL(' COLLATE "C"' if is_text else ""))
        for name, is_text in connection.execute(KEY, [quoted]).fetchall()
    ]
    ordered = sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(order)) if order else sql.SQL("")
    copy = sql.SQL("COPY (SELECT * FROM {}{}) TO STDOUT").format(sql.SQL(quoted), ordered)
    with connection.cursor() as cursor, cursor.copy(copy) as lines:
        for line in lines:
            found.update(line)
            rows += bytes(line).count(b"\n")
    return Table(rows, found.hexdigest())


def _place(settings: dict[str, Any]) -> list[str]:
    given = (("host", "HOST"), ("port", "PORT"), ("username", "USER"), ("dbname", "NAME"))
    return [f"--{option}={settings[name]}" for option, name in given if settings.get(name)]


def _run(command: list[str], settings: dict[str, Any]) -> None:
    """The password goes by the environment: a command line is read by everybody on the machine."""
    environment = {**os.environ, "PGPASSWORD": str(settings.get("PASSWORD") or "")}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Stopped(f"{command[0]} is not installed. On Debian: apt-get install postgresql-client") from None
    if done.returncode:
        raise Stopped(f"{command[0]} failed: {done.stderr.strip()}")
