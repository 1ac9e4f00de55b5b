"""Who has the application's password on PostgreSQL writes no ledger line of their own, by whatever trigger."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from governance.guard.state import guard_state
from governance.models import LedgerEntry
from hub.database import grants, schema
from hub.database.ownership import as_owner

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.req("M6.6"),
    pytest.mark.xdist_group("guard"),
    pytest.mark.skipif(not settings.HUB_OWNER_DATABASE, reason="a role of PostgreSQL that owns nothing"),
]

LEDGER = "public.governance_ledgerentry"
LINE = f"INSERT INTO {LEDGER} (kind, table_name, row_key, row_version, operation, new) VALUES"
OF_ITS_OWN = (  # a trigger on a table of its own, with a function of its own
    "CREATE TEMPORARY TABLE mine (id text, row_version int)",
    "CREATE FUNCTION pg_temp.forge() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN {LINE} ('row', 'governance_person', '1', 7, 'update', '{{}}'); RETURN NULL; END $$",
    "CREATE TRIGGER forge AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION pg_temp.forge()",
    "INSERT INTO mine VALUES ('1', 7)",
)
OF_THE_GUARD = (  # the guard's own function, on a table named like one of ours
    "CREATE TEMPORARY TABLE governance_person (id text, row_version int)",
    "CREATE TRIGGER forge AFTER INSERT ON governance_person FOR EACH ROW "
    "EXECUTE FUNCTION public.interlock_ledger('id')",
    "INSERT INTO pg_temp.governance_person VALUES ('1', 7)",
)


@pytest.fixture
def thief(cast) -> Iterator[psycopg.Connection]:
    """A session with the application's password, which says what the application would say."""
    place = connection.settings_dict
    opened = psycopg.connect(
        dbname=place["NAME"], user=place["USER"], host=place["HOST"], port=place["PORT"] or 5432, autocommit=True
    )
    opened.execute("SELECT set_config('interlock.act', '{}', false), set_config('interlock.change', '1', false)")
    yield opened
    opened.close()


@pytest.fixture
def with_temporary_tables() -> Iterator[None]:
    """As where somebody granted them again."""
    name = connection.settings_dict["NAME"]
    as_superuser(f'GRANT TEMPORARY ON DATABASE "{name}" TO PUBLIC')
    yield
    as_superuser(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC')


def as_superuser(*statements: str) -> None:
    from tests.services import POSTGRES

    with psycopg.connect(POSTGRES, dbname=connection.settings_dict["NAME"], autocommit=True) as superuser:
        for statement in statements:
            superuser.execute(statement)


def attack_with(thief: psycopg.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        thief.execute(statement)


def forged() -> int:
    return LedgerEntry.objects.filter(row_version=7).count()


@pytest.mark.parametrize("attack", [OF_ITS_OWN, OF_THE_GUARD])
def test_it_has_no_table_to_hang_a_trigger_on(thief, attack):
    assert schema.misfit() == ""
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied to create temporary tables"):
        thief.execute(attack[0])


@pytest.mark.parametrize(
    ("attack", "refusal"), [(OF_ITS_OWN, "written by the triggers"), (OF_THE_GUARD, "permission denied for function")]
)
def test_with_such_a_table_it_writes_no_line_either(thief, with_temporary_tables, attack, refusal):
    before = LedgerEntry.objects.count()
    with pytest.raises(psycopg.Error, match=refusal):
        attack_with(thief, attack)
    assert LedgerEntry.objects.count() == before


def test_the_function_serves_no_table_but_ours(thief, with_temporary_tables):
    """Even where everybody may use it again."""
    as_superuser("GRANT EXECUTE ON FUNCTION public.interlock_ledger() TO PUBLIC")
    try:
        with pytest.raises(psycopg.errors.IntegrityError, match="no table of the hub"):
            attack_with(thief, OF_THE_GUARD)
    finally:
        as_superuser("REVOKE EXECUTE ON FUNCTION public.interlock_ledger() FROM PUBLIC")
    assert forged() == 0


@pytest.mark.parametrize("content", ['{"event": "dropped"}', '{"event": "installed", "state": "sha256:00/1"}'])
def test_it_explains_no_state_of_the_guards(thief, content):
    """Such a line would tell the verifier that guards which were switched off had been taken away in good order."""
    before = LedgerEntry.objects.count()
    with pytest.raises(psycopg.errors.IntegrityError, match="by the owner of the database"):
        thief.execute(f"INSERT INTO {LEDGER} (kind, content) VALUES ('guard', %s::jsonb)", [content])
    assert LedgerEntry.objects.count() == before


def test_the_hub_does_not_serve_where_it_may_make_such_tables(cast, with_temporary_tables):
    assert "the role of the application may make temporary tables" in schema.misfit()
    with as_owner():
        grants.grant_tables(connection)
    assert schema.misfit() == ""


def test_rights_that_are_given_again_leave_the_mark_of_the_guards(cast):
    """Each migration and each month's partitions give them: what touched a guard would be a finding of the verifier."""
    before = guard_state()
    with as_owner():
        grants.grant_tables(connection)
    assert guard_state() == before


def test_an_owner_of_tables_who_may_not_forbid_it_says_what_to_run(cast, with_temporary_tables):
    name = connection.settings_dict["NAME"]
    as_superuser(f'ALTER DATABASE "{name}" OWNER TO postgres')
    try:
        with as_owner(), pytest.raises(ImproperlyConfigured, match="REVOKE TEMPORARY ON DATABASE"):
            grants.grant_tables(connection)
    finally:
        as_superuser(f'ALTER DATABASE "{name}" OWNER TO hub_owner')
