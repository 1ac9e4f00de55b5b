"""Every way of writing leaves complete history, or is refused with a sentence and changes nothing."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection

from governance.errors import LostUpdate, UngovernedWrite
from governance.guard.context import change
from governance.guard.found import differences
from governance.guard.mac import is_attested
from governance.guard.state import installed
from governance.models import LedgerEntry, Membership, Person
from tests.integration.guard import attacks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.6"), pytest.mark.xdist_group("guard")]

LEAVES_HISTORY = [
    attacks.save, attacks.save_of_some_fields, attacks.create_between, attacks.delete_what_was_made,
]  # fmt: skip
IS_REFUSED = {
    attacks.save_with_an_expression: "save|expression|equal",
    attacks.save_under_another_key: "changed by somebody else",
    attacks.save_without_history: "equal history row",
    attacks.save_with_signals_off: "equal history row",
    attacks.save_back_dated: "clock of the database",
    attacks.save_as_a_migration_does: "row_version advances",
    attacks.queryset_delete: "delete.. on",
    attacks.queryset_update: "update.. on",
    attacks.plain_update: "row_version advances",
    attacks.plain_update_with_its_version: "equal history row",
    attacks.plain_bulk_create: "equal history row",
    attacks.plain_bulk_update: "equal history row",
    attacks.upsert: "row_version|equal history row",
    attacks.raw_delete: "equal history row",
    attacks.sql_update: "row_version advances",
    attacks.sql_update_with_its_version: "equal history row",
    attacks.sql_update_of_the_key: "key of a row never changes",
    attacks.sql_delete: "equal history row",
    attacks.replace: "equal history row|row_version",
    attacks.empty: "equal history row|permission denied",
    attacks.fixture: "equal history row",
    attacks.add_to_the_set: "bulk_create.. on",
    attacks.add_from_the_other_side: "bulk_create.. on",
    attacks.delete_the_other_end: "protected",
    attacks.change_history: "written once|permission denied",
    attacks.remove_history: "written once|permission denied",
    attacks.invent_history: "belongs to a write",
    attacks.repeat_history: "belongs to a write|exactly one",
    attacks.change_the_trail: "written once|permission denied",
    attacks.remove_the_trail: "written once|permission denied",
    attacks.replace_the_trail: "there already|unique",
    attacks.change_the_ledger: "written once|permission denied",
    attacks.remove_the_ledger: "written once|permission denied",
    attacks.swap_two_rights: "filled by the migrations|permission denied",
    attacks.rename_a_kind_of_objects: "filled by the migrations|permission denied",
    attacks.widen_a_role: "filled by the migrations|permission denied",
    attacks.make_a_role: "filled by the migrations|permission denied",
}
NEEDS_A_CHANGE = [
    attacks.plain_update_with_its_version, attacks.plain_bulk_create, attacks.sql_update, attacks.sql_delete,
    attacks.sql_update_with_its_version, attacks.raw_delete, attacks.fixture, attacks.upsert,
]  # fmt: skip
REFUSALS = (DatabaseError, UngovernedWrite, LostUpdate, TypeError, ValueError)


def named(attack: attacks.Attack) -> str:
    return attack.__name__


@pytest.fixture
def olga(cast) -> Person:
    return Person.objects.get(username="olga")


def written() -> list[tuple]:
    """What an attack wants to touch."""
    return [
        *Person.objects.order_by("id").values_list("id", "title", "row_version"),
        *Membership.objects.order_by("id").values_list("id", "person_id", "row_version"),
        *Permission.objects.order_by("id").values_list("id", "codename", "content_type__model"),
        *Group.objects.order_by("id", "permissions__id").values_list("id", "name", "permissions__id"),
        ("lines", LedgerEntry.objects.exclude(kind="guard").count(), 0),
    ]


def check_history_is_complete() -> None:
    """Rows equal the ledger's last lines and their history, each version has one attested history row."""
    assert differences(connection) == []
    for model in (Person, Membership):
        lines = LedgerEntry.objects.filter(table_name=model._meta.db_table, kind="row").count()
        assert lines == model.history.count()
        assert all(is_attested(row) for row in model.history.all())


def test_ways_that_leave_complete_history(olga):
    for attack in LEAVES_HISTORY:
        before = LedgerEntry.objects.filter(kind="row").count()
        with change(by=olga, reason="An honest change of a test"):
            attack(Person.objects.get(username="rick"))
        assert LedgerEntry.objects.filter(kind="row").count() > before, named(attack)
        check_history_is_complete()
    print(f"{connection.vendor}: {len(LEAVES_HISTORY)} ways leave complete history")


def test_ways_that_are_refused_inside_a_change(olga):
    """All on one database: what is refused changes nothing, so that the next one meets the same rows."""
    attacked = [attack for attack in IS_REFUSED if attack is not attacks.replace or connection.vendor == "sqlite"]
    before = written()
    for attack in attacked:
        with pytest.raises(REFUSALS, match=IS_REFUSED[attack]), change(by=olga, reason="A change of a test"):
            attack(Person.objects.get(pk=olga.pk))
        assert written() == before, named(attack)
    check_history_is_complete()
    print(f"{connection.vendor}: {len(attacked)} ways are refused inside a change")


def test_ways_that_are_refused_without_a_change(olga):
    before = written()
    for attack in NEEDS_A_CHANGE:
        with pytest.raises(DatabaseError, match="inside a change that names a person"):
            attack(Person.objects.get(pk=olga.pk))
        assert written() == before, named(attack)
    print(f"{connection.vendor}: {len(NEEDS_A_CHANGE)} ways are refused without one")


def test_a_line_about_a_row_that_was_written_by_hand_is_refused_or_found(olga):
    """PostgreSQL knows whether a trigger writes; on SQLite the line is found, since no history row stands behind it."""
    try:
        with change(by=olga, reason="A change of a test"):
            attacks.write_the_ledger_by_hand(olga)
    except DatabaseError as error:
        assert "by the triggers" in str(error)  # noqa: PT017
        assert differences(connection) == []
    else:
        assert "no history row has" in " ".join(differences(connection))


def test_the_time_of_an_event_is_the_clock_of_the_database(olga):
    """PostgreSQL writes its own time; SQLite, whose triggers cannot, refuses."""
    from governance.models import AuditEvent

    try:
        with change(by=olga, reason="A change of a test"):
            attacks.back_date_the_trail(olga)
    except DatabaseError as error:
        assert "clock of the database" in str(error)  # noqa: PT017
    assert not AuditEvent.objects.filter(recorded_at__year=2019).exists()


def test_nothing_secret_reaches_the_ledger(olga):
    told = " ".join(line or "" for line in LedgerEntry.objects.values_list("new", flat=True))
    assert olga.password not in told
    assert "olga" in told


def test_every_governed_and_append_only_table_is_guarded():
    from django.apps import apps

    from governance.models.governed import AppendOnlyModel, GovernedModel

    catalogue = " ".join(installed(connection))
    found = [model for model in apps.get_models() if issubclass(model, GovernedModel | AppendOnlyModel)]
    assert len(found) > 40
    for model in found:
        assert re.search(rf'[ ."]{model._meta.db_table}[ "]', catalogue), model
