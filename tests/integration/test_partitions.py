"""Partitions of the months ahead: made once, and as closed to the application as their tables."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.utils import ProgrammingError
from django.utils import timezone

from governance.guard.state import guard_state, misfit
from governance.models import LedgerEntry
from hub.database.ownership import as_owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M4.4")]


@pytest.fixture
def month():
    """The partition of this month; only PostgreSQL has any."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no partitions.")
    call_command("partitions", verbosity=0)
    return f"hub_message_{timezone.now():%Y%m}"


def test_the_command_may_be_run_again(month, capsys):
    """Monthly, with three months ahead: most of them are there already."""
    call_command("partitions")
    assert "0 partitions made." in capsys.readouterr().out


@pytest.mark.parametrize("partition", ["of this month", "hub_message_rest"])
def test_no_partition_of_what_is_append_only_can_be_emptied(month, partition):
    table = month if partition == "of this month" else partition
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.req("M6.6")
def test_a_new_partition_has_the_guards_of_its_table_and_the_ledger_says_so(month):
    """As a new one: without the trigger that partitions do not take from their table."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER interlock_emptied ON {month}")
    call_command("partitions", verbosity=0)
    assert misfit(connection) == ""
    last = LedgerEntry.objects.filter(kind="guard").latest("number")
    assert last.content["event"] == "partitioned"
    assert last.content["state"] == guard_state(connection)
    with as_owner(), connection.cursor() as cursor, pytest.raises(DatabaseError, match="never emptied"):
        cursor.execute(f"TRUNCATE {month}")
