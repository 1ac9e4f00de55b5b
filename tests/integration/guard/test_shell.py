"""The shell of the database is no way round: neither ``sqlite3`` nor ``psql`` as the application's role."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from django.db import connection

from governance.models import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.6"), pytest.mark.xdist_group("guard")]

SAYS = "^no such function: interlock_refuses_writes_outside_the_application$"
WRITES = (
    "UPDATE governance_person SET title = 'Shell'",
    "DELETE FROM governance_membership",
    "INSERT INTO auth_group (name) VALUES ('intruders')",
    "UPDATE governance_historicalperson SET title = 'Shell'",
    "DELETE FROM governance_ledgerentry",
    "UPDATE governance_auditevent SET sentence = 'Nothing'",
    "DELETE FROM hub_message",
    "UPDATE hub_delivery SET state = 'confirmed'",
)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the shell of SQLite")
def test_the_shell_of_sqlite_cannot_write(cast, world, client, tmp_path):
    place = tmp_path / "copy.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(place) as copy:
        connection.connection.backup(copy)
    shell = sqlite3.connect(place)
    for statement in (*WRITES, "REPLACE INTO governance_person SELECT * FROM governance_person"):
        if statement.endswith("hub_message") or "hub_delivery" in statement:
            continue  # no rows of messages here, and a trigger is asked a row
        with pytest.raises(sqlite3.OperationalError, match=SAYS):
            shell.execute(statement)
    assert shell.execute("SELECT count(*) FROM governance_person WHERE title = 'Shell'").fetchone() == (0,)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the shell of PostgreSQL")
def test_psql_as_the_role_of_the_application_cannot_write(cast):
    settings = connection.settings_dict
    place = f"host={settings['HOST']} dbname={settings['NAME']} user={settings['USER']}"
    with psycopg.connect(place, autocommit=True) as shell:
        for statement in WRITES:
            if not statement.endswith("hub_message") and "hub_delivery" not in statement:  # there is no message yet
                with pytest.raises(psycopg.Error, match=r"inside a|permission denied"):
                    shell.execute(statement)
    assert not Person.objects.filter(title="Shell").exists()
