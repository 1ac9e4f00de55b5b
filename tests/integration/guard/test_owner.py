"""The database's owner can switch guards off. What is done then is found, and the hub does not serve meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection

from governance.guard import install, pending
from governance.guard.context import change
from governance.guard.found import differences
from governance.guard.state import guard_state
from governance.models import LedgerEntry, Person
from hub.database import schema
from hub.database.ownership import as_owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.6"), pytest.mark.xdist_group("guard")]


TRIGGERS = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def owner() -> Iterator[None]:
    if connection.vendor == "postgresql" and not settings.HUB_OWNER_DATABASE:
        pytest.skip("the application owns its tables here")
    with as_owner():
        yield


@contextmanager
def without_guards_of(table: str) -> Iterator[None]:
    """Off, and on again exactly as they were."""
    with owner():
        if connection.vendor == "postgresql":
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            with connection.cursor() as cursor:
                cursor.execute(TRIGGERS, [table])
                names = [row[0] for row in cursor.fetchall()]
            for name in names:
                run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            kept = cursor.fetchall()
        for name, _ in kept:
            run(f"DROP TRIGGER {name}")
        yield
        for _, statement in kept:
            run(statement)


def test_the_hub_does_not_serve_while_a_guard_is_off(cast):
    assert schema.misfit() == ""
    with without_guards_of("governance_person"):
        assert "The guards of the database are not those of this build" in schema.misfit()
    assert schema.misfit() == ""


def test_a_row_that_was_changed_behind_the_guards_is_found(cast):
    assert differences(connection) == []
    with without_guards_of("governance_person"):
        run("UPDATE governance_person SET title = 'Unseen' WHERE username = 'olga'")
    found = " ".join(differences(connection))
    assert "governance_person: 1 row(s) differ from the last line of the ledger" in found
    assert "governance_person: 1 row(s) have no equal history row" in found


def test_rights_that_were_moved_behind_the_guards_are_found(cast):
    """Two permissions have each other's code name: no role was touched, and roles may do other things."""
    first, second = Permission.objects.filter(codename__in=("view_person", "review_trail")).order_by("pk")
    names = {first.pk: first.codename, second.pk: second.codename}
    with without_guards_of("auth_permission"):
        for number, name in ((first.pk, "aside"), (second.pk, names[first.pk]), (first.pk, names[second.pk])):
            run(f"UPDATE auth_permission SET codename = '{name}' WHERE id = {number}")
    found = " ".join(differences(connection))
    with without_guards_of("auth_permission"):
        for number, name in ((first.pk, "aside"), *reversed(names.items())):
            run(f"UPDATE auth_permission SET codename = '{name}' WHERE id = {number}")
    assert "auth_permission: 2 row(s) differ from the last line of the ledger" in found
    assert differences(connection) == []


def test_guards_that_were_off_and_are_on_again_leave_another_mark(cast):
    before = guard_state()
    with without_guards_of("governance_person"):
        pass
    after = guard_state()
    assert before.partition("/")[0] == after.partition("/")[0]  # the same guards
    assert before != after


def test_guards_do_not_come_back_over_a_row_that_changed_meanwhile(cast):
    with owner():
        install.drop(connection)
        try:
            run("UPDATE governance_person SET title = 'Unseen' WHERE username = 'olga'")
            with pytest.raises(install.UngovernedWrite, match="differ from the last line of the ledger"):
                install.install(connection)
        finally:
            run("UPDATE governance_person SET title = '' WHERE username = 'olga'")
            install.install(connection)
    events = LedgerEntry.objects.filter(kind="guard").order_by("number").values_list("content", flat=True)
    assert [event["event"] for event in events][-2:] == ["dropped", "installed"]


def test_installing_them_twice_does_nothing(cast):
    before = LedgerEntry.objects.count()
    install.install(connection)
    assert LedgerEntry.objects.count() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL checks it by constraint triggers")
def test_the_table_that_holds_what_is_due_cannot_be_remade_unseen(cast):
    """Without its foreign key, a row without its history would pass COMMIT."""
    assert schema.misfit() == ""
    run(f"DROP TABLE {pending.TABLE}")
    run(
        f"CREATE TABLE {pending.TABLE} (table_name TEXT NOT NULL, row_key TEXT NOT NULL, row_version INTEGER NOT NULL, "
        "operation TEXT NOT NULL, content TEXT NOT NULL, never INTEGER NOT NULL DEFAULT 1)"
    )
    assert f"the table {pending.TABLE} was remade" in schema.misfit()
    install.install(connection)
    assert schema.misfit() == ""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no roles and no temporary schema before it")
class TestPostgreSQL:
    def test_a_temporary_table_of_the_same_name_catches_nothing(self, cast):
        with as_owner():
            run(f'GRANT TEMPORARY ON DATABASE "{connection.settings_dict["NAME"]}" TO PUBLIC')
        run("CREATE TEMP TABLE governance_ledgerentry (LIKE public.governance_ledgerentry INCLUDING ALL)")
        run("CREATE TEMP TABLE governance_historicalperson (LIKE public.governance_historicalperson INCLUDING ALL)")
        try:
            olga = Person.objects.get(username="olga")
            olga.title = "Shadowed"
            with pytest.raises(DatabaseError), change(by=olga, reason="A change of a test"):
                olga.save()
        finally:
            connection.close()
            with as_owner():
                run(f'REVOKE TEMPORARY ON DATABASE "{connection.settings_dict["NAME"]}" FROM PUBLIC')
        assert Person.objects.get(username="olga").title != "Shadowed"
        assert differences(connection) == []

    @pytest.mark.parametrize(
        "statement",
        [
            "SET session_replication_role = replica",
            "ALTER TABLE governance_person DISABLE TRIGGER ALL",
            "DROP TRIGGER interlock_next ON governance_person",
            "DROP FUNCTION interlock_refuse() CASCADE",
            "TRUNCATE governance_auditevent",
            "DROP TABLE governance_auditevent",
            "CREATE OR REPLACE FUNCTION public.interlock_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        ],
    )
    def test_the_role_of_the_application_cannot_take_a_guard_away(self, cast, statement):
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
            run(statement)
        assert schema.misfit() == ""

    def test_a_trigger_that_was_exchanged_for_one_of_its_name_is_noticed(self, cast):
        """One that never fires: same name, same function, enabled."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'interlock_context'"
                " AND tgrelid = 'governance_person'::regclass"
            )
            kept = cursor.fetchone()[0]
        again = "ALTER TABLE governance_person ENABLE ALWAYS TRIGGER interlock_context"
        drop = "DROP TRIGGER interlock_context ON governance_person"
        with owner():
            for statement in (
                drop,
                f"{kept.partition(' WHEN (')[0]} WHEN (false) EXECUTE {kept.partition('EXECUTE ')[2]}",
            ):
                run(statement)
            run(again)
            try:
                assert "a trigger was exchanged for another one of its name" in schema.misfit()
            finally:
                for statement in (drop, kept, again):
                    run(statement)
        assert schema.misfit() == ""

    def test_a_superuser_who_plays_the_replica_is_refused_too(self, cast):
        import psycopg

        from tests.services import POSTGRES

        name = connection.settings_dict["NAME"]
        with psycopg.connect(POSTGRES, dbname=name, autocommit=True) as superuser:
            superuser.execute("SET session_replication_role = replica")
            with pytest.raises(psycopg.errors.IntegrityError, match="inside a change"):
                superuser.execute("UPDATE governance_person SET title = 'Replica'")
            with pytest.raises(psycopg.errors.IntegrityError, match="never emptied"):
                superuser.execute("TRUNCATE governance_auditevent")
