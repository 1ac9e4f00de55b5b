"""Every way of writing a row that we know of, each as one function of a person; most stand inside a good change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.db.models.signals import post_save

from governance.ids import uuid7
from governance.models import AuditEvent, LedgerEntry, Membership, Person

Attack = Callable[[Person], Any]


def rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """Without what our manager refuses."""
    return models.QuerySet(model)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_kept(value) for value in values])


def as_kept(value: Any) -> Any:
    return value.hex if connection.vendor == "sqlite" and hasattr(value, "hex") else value


def save(person: Person) -> None:
    person.title = "Head of quality"
    person.save()


def save_of_some_fields(person: Person) -> None:
    person.title, person.email = "Head of quality", "not@stored.example"
    person.save(update_fields=["title"])


def save_with_an_expression(person: Person) -> None:
    person.title = Concat(F("title"), Value("!"))
    person.save()


def save_under_another_key(person: Person) -> None:
    person.pk = uuid7()
    person.save()


def save_without_history(person: Person) -> None:
    person.skip_history_when_saving = True
    person.title = "Unseen"
    person.save()


def save_with_signals_off(person: Person) -> None:
    kept, post_save.receivers = post_save.receivers, []
    post_save.sender_receivers_cache.clear()
    try:
        person.title = "Unheard"
        person.save()
    finally:
        post_save.receivers = kept
        post_save.sender_receivers_cache.clear()


def save_back_dated(person: Person) -> None:
    from datetime import UTC, datetime

    person._history_date = datetime(2019, 1, 1, tzinfo=UTC)
    person.title = "Long ago"
    person.save()


def save_as_a_migration_does(person: Person) -> None:
    past = MigrationLoader(connection).project_state().apps.get_model("governance", "Person").objects.get(pk=person.pk)
    past.title = "From a migration"
    past.save()


def delete_what_was_made(person: Person) -> None:
    for one in Membership.objects.filter(person=person):
        one.delete()
    person.delete()


def queryset_delete(person: Person) -> None:
    Person.objects.filter(pk=person.pk).delete()


def queryset_update(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(title="Lost")


def plain_update(person: Person) -> None:
    rows(Person).filter(pk=person.pk).update(title="Lost")


def plain_update_with_its_version(person: Person) -> None:
    rows(Person).filter(pk=person.pk).update(title="Lost", row_version=F("row_version") + 1)


def plain_bulk_create(person: Person) -> None:
    rows(Person).bulk_create([Person(username="ghost", full_name="A Ghost", row_version=1)])


def plain_bulk_update(person: Person) -> None:
    person.title, person.row_version = "Lost", person.row_version + 1
    rows(Person).bulk_update([person], ["title", "row_version"])


def upsert(person: Person) -> None:
    person.title, person.row_version = "Lost", person.row_version + 1
    rows(Person).bulk_create(
        [person], update_conflicts=True, unique_fields=["id"], update_fields=["title", "row_version"]
    )


def raw_delete(person: Person) -> None:
    found = rows(Membership).filter(person=person)
    found._raw_delete(found.db)


def sql_update(person: Person) -> None:
    sql("UPDATE governance_person SET title = 'Lost' WHERE id = %s", person.pk)


def sql_update_with_its_version(person: Person) -> None:
    sql("UPDATE governance_person SET title = 'Lost', row_version = row_version + 1 WHERE id = %s", person.pk)


def sql_update_of_the_key(person: Person) -> None:
    sql("UPDATE governance_person SET id = %s, row_version = row_version + 1 WHERE id = %s", uuid7(), person.pk)


def sql_delete(person: Person) -> None:
    sql("DELETE FROM governance_membership WHERE person_id = %s", person.pk)


def replace(person: Person) -> None:
    """PostgreSQL has no such statement; its ``upsert`` is another row of the table."""
    sql("REPLACE INTO governance_membership SELECT * FROM governance_membership WHERE person_id = %s", person.pk)


def empty(person: Person) -> None:
    sql("DELETE FROM governance_membership" if connection.vendor == "sqlite" else "TRUNCATE governance_membership")


def fixture(person: Person) -> None:
    place = Path(connection.settings_dict["NAME"].replace("/", "_").replace(":", "_").replace("?", "_"))
    place = Path("/tmp") / f"{place.name}.json"
    fields = {"username": person.username, "full_name": "From a fixture", "row_version": person.row_version + 1}
    place.write_text(json.dumps([{"model": "governance.person", "pk": str(person.pk), "fields": fields}]))
    try:
        call_command("loaddata", str(place), verbosity=0)
    finally:
        place.unlink()


def add_to_the_set(person: Person) -> None:
    person.groups.add(Group.objects.get(name="auditor"))


def add_from_the_other_side(person: Person) -> None:
    Group.objects.get(name="auditor").persons.add(person)


def create_between(person: Person) -> None:
    Membership.objects.create(person=person, group=Group.objects.get(name="auditor"))


def delete_the_other_end(person: Person) -> None:
    person.groups.get().delete()


def change_history(person: Person) -> None:
    sql("UPDATE governance_historicalperson SET title = 'Always was' WHERE id = %s", person.pk)


def remove_history(person: Person) -> None:
    sql("DELETE FROM governance_historicalperson WHERE id = %s", person.pk)


def invent_history(person: Person) -> None:
    last = person.history.first()
    last.pk, last.title = uuid7(), "Never was"
    last.save(force_insert=True)


def repeat_history(person: Person) -> None:
    save(person)
    last = person.history.first()
    last.pk = uuid7()
    last.save(force_insert=True)


def change_the_trail(person: Person) -> None:
    sql("UPDATE governance_auditevent SET sentence = 'Nothing happened.'")


def remove_the_trail(person: Person) -> None:
    sql("DELETE FROM governance_auditevent")


def change_the_ledger(person: Person) -> None:
    sql("UPDATE governance_ledgerentry SET new = '{}'")


def remove_the_ledger(person: Person) -> None:
    sql("DELETE FROM governance_ledgerentry")


def replace_the_trail(person: Person) -> None:
    event = AuditEvent.objects.first()
    event.sentence = "Nothing happened."
    rows(AuditEvent).bulk_create([event], ignore_conflicts=False)


def write_the_ledger_by_hand(person: Person) -> None:
    LedgerEntry(kind="row", table_name="governance_person", row_key=str(person.pk), operation="update").save()


def back_date_the_trail(person: Person) -> None:
    from datetime import UTC, datetime

    values = AuditEvent.objects.values().first()
    values |= {"id": uuid7(), "recorded_at": datetime(2019, 1, 1, tzinfo=UTC)}
    AuditEvent(**values).save()


def swap_two_rights(person: Person) -> None:
    """Every role that may do the one may do the other from then on, and no role was touched."""
    first, second = Permission.objects.filter(codename__startswith="view_").order_by("pk")[:2]
    sql("UPDATE auth_permission SET codename = 'kept_aside' WHERE id = %s", first.pk)
    sql("UPDATE auth_permission SET codename = %s WHERE id = %s", first.codename, second.pk)


def rename_a_kind_of_objects(person: Person) -> None:
    sql("UPDATE django_content_type SET model = 'person2' WHERE app_label = 'governance' AND model = 'person'")


def widen_a_role(person: Person) -> None:
    Group.objects.get(name="auditor").permissions.add(Permission.objects.get(codename="release_changerequest"))


def make_a_role(person: Person) -> None:
    Group.objects.create(name="masters of everything")
