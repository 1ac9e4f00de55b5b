"""How a worker's statements find their rows: by index, also in tables that were empty when they were planned."""

from __future__ import annotations

import pytest
from django.db import connection as database

from governance.rows import fetch
from hub.flow.waiting import is_work_waiting
from hub.tasks import sweep, work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("database.vendor != 'postgresql'", reason="SQLite plans by index"),
    pytest.mark.req("M4.4"),
]

MANY = 8  # PostgreSQL keeps a plan once a prepared statement has been run five times


def kept_plan() -> str:
    """That of the statement by which a worker looks for work, as this connection has prepared it."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_prepared_statements "
            "WHERE statement LIKE '%waits_for = 0%' AND statement NOT LIKE '%pg_prepared%'"
        )
        ((name,),) = cursor.fetchall()
        cursor.execute(f"EXPLAIN EXECUTE {name}(now(), 1)")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.fixture(autouse=True)
def _new_connection():
    """One on which nothing has been prepared yet, as a process has it that was just started."""
    database.close()


def test_a_page_may_read_a_small_table_as_a_whole():
    for _ in range(MANY):
        is_work_waiting()
    assert "Seq Scan" in kept_plan()


def test_a_worker_never_does_not_even_by_its_first_statement():
    """It would go on to do so when there are a hundred thousand rows."""
    for _ in range(MANY):
        sweep.apply(throw=True)
        work.apply(throw=True)
    assert "Seq Scan" not in kept_plan()


def test_a_worker_that_lost_its_connection_goes_on_by_index():
    for _ in range(2):
        work.apply(throw=True)
        assert fetch("SHOW enable_seqscan") == [("off",)]
        database.close()
