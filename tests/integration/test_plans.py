"""How the engine's statements find their rows: by index, also in tables that were empty when they were planned."""

from __future__ import annotations

import pytest
from django.db import connection as database

from governance.ids import uuid7
from governance.rows import fetch, plan_by_index
from hub.flow.work import drain

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("database.vendor != 'postgresql'", reason="SQLite plans by index, and has one writer"),
    pytest.mark.req("M4.4"),
]

MOVE = "EXPLAIN UPDATE hub_messagestate SET reason = '' WHERE id = ANY(%s)"


def plan(statement: str, *values) -> str:
    return "\n".join(row[0] for row in fetch(statement, values))


def test_a_worker_never_reads_a_table_as_a_whole():
    """Prepared statements keep their plan, and that of an empty table would read all of it for each message."""
    database.close()  # a connection that has not worked yet
    assert "Seq Scan" in plan(MOVE, [uuid7() for _ in range(20)])
    drain()
    assert "Seq Scan" not in plan(MOVE, [uuid7() for _ in range(20)])


def test_a_worker_that_lost_its_connection_goes_on_by_index():
    plan_by_index()
    database.close()
    plan_by_index()
    assert fetch("SHOW enable_seqscan") == [("off",)]
