"""COPY of what the hub keeps of its messages: the most that the database could take if nothing else were to be done.

The rows of delivered messages are read out as COPY writes them and put back, without any work in between, into
tables with the same columns, keys and indexes. No hub that keeps this evidence can be faster (ADR 8).
"""

from __future__ import annotations

import time

import psycopg
from psycopg import sql

from bench import _services as services

MESSAGES = 2000
TABLES = {  # table → the column that names the message
    "hub_inbox": "id",
    "hub_message": "id",
    "hub_messagestate": "id",
    "hub_payload": "message_id",
    "hub_closeddelivery": "message_id",
    "hub_attempt": "message_id",
    "hub_messagestep": "message_id",
}
LATEST = sql.SQL(
    "CREATE TEMPORARY TABLE latest AS "
    "SELECT id FROM hub_messagestate WHERE state = 'complete' ORDER BY id DESC LIMIT {}"
)
ROWS = sql.SQL("COPY (SELECT t.* FROM {} t JOIN latest ON latest.id = t.{} ORDER BY t.{}) TO STDOUT")
LIKE = sql.SQL("CREATE TABLE evidence.{} (LIKE public.{} INCLUDING ALL)")


def copy(database: str, size: int) -> float:
    """Messages a second, ``size`` messages a commit, one client."""
    with psycopg.connect(services.url(database), autocommit=True) as connection:
        connection.execute(LATEST.format(sql.Literal(MESSAGES)))
        lines = {table: _lines(connection, table, column) for table, column in TABLES.items()}
        count = len(lines["hub_message"])
        connection.execute("CREATE SCHEMA evidence")
        for table in TABLES:
            connection.execute(LIKE.format(sql.Identifier(table), sql.Identifier(table)))
        started = time.monotonic()
        for start in range(0, count, size):
            _commit(connection, lines, start, start + size, count)
        seconds = time.monotonic() - started
        connection.execute("DROP SCHEMA evidence CASCADE")
        connection.execute("DROP TABLE latest")
    return count / seconds


def _lines(connection: psycopg.Connection, table: str, column: str) -> list[bytes]:
    name = sql.Identifier(column)
    with connection.cursor().copy(ROWS.format(sql.Identifier(table), name, name)) as rows:
        return b"".join(bytes(part) for part in rows).splitlines(keepends=True)


def _commit(connection: psycopg.Connection, lines: dict[str, list[bytes]], start: int, end: int, count: int) -> None:
    """The rows of these messages, in one transaction."""
    with connection.transaction():
        for table, rows in lines.items():
            each = len(rows) // count
            statement = sql.SQL("COPY evidence.{} FROM STDIN").format(sql.Identifier(table))
            with connection.cursor().copy(statement) as stream:
                stream.write(b"".join(rows[start * each : end * each]))
