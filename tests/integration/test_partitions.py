"""Partitions of the months ahead: made once, and as closed to the application as their tables."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone

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
