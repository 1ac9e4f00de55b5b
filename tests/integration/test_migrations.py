"""What a migration does to rows that are there."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from governance.guard.transactions import MIGRATION, write
from hub.database.ownership import as_owner
from hub.models import Checkpoint
from tests.factories.world import release
from tests.integration.test_poll import database, polled


def checkpoint(stream: str, cursor: int) -> None:
    Checkpoint.objects.create(
        interface_key="IF-011", connection_key="lims-sql", stream=stream, cursor=cursor, saved_at=timezone.now()
    )


@pytest.fixture
def migration():
    return import_module("hub.migrations.0003_checkpoint_of_a_stream")


@pytest.fixture
def polling(world, tmp_path):
    release(("connection", database(tmp_path / "lims.sqlite3")), ("interface", polled("IF-011", "lims-sql", "results")))


@pytest.mark.django_db
def test_a_checkpoint_that_is_there_is_given_to_the_stream_that_its_interface_polls(polling, migration):
    Checkpoint.objects.create(interface_key="IF-011", connection_key="", stream="", cursor=7, saved_at=timezone.now())
    migration.name_their_stream(apps, None)
    kept = Checkpoint.objects.get()
    assert (kept.connection_key, kept.stream, kept.cursor) == ("lims-sql", "results", 7)


@pytest.mark.django_db
def test_the_way_back_keeps_the_checkpoint_that_was_saved_last(migration):
    checkpoint("results", 7)
    checkpoint("others", 8)
    migration.keep_the_newest(apps, None)
    assert Checkpoint.objects.get().cursor == 8


@pytest.mark.django_db(transaction=True)
def test_the_schema_goes_back_and_forth():
    call_command("migrate", "hub", "0002", verbosity=0)
    try:
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, "hub_checkpoint")
        assert "stream" not in {column.name for column in columns}
    finally:
        call_command("migrate", "hub", verbosity=0)
    checkpoint("results", 7)
    checkpoint("others", 8)
    assert Checkpoint.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_of_axes_is_left_not_even_its_rights():
    """A right of a model that is gone is a line that nobody can explain in a review of access."""
    with as_owner(), write(MIGRATION):
        kind = ContentType.objects.create(app_label="axes", model="accesslog")
        right = Permission.objects.create(content_type=kind, codename="view_accesslog", name="Can view access log")
        watchers = Group.objects.create(name="watchers")
        watchers.permissions.add(right)
    others = Permission.objects.exclude(content_type=kind).count()
    with as_owner(), write(MIGRATION):
        import_module("hub.migrations.0009_sign_in_counts").forget_rights_of_axes(apps, None)
        watchers.delete()
    assert not ContentType.objects.filter(app_label="axes").exists()
    assert Permission.objects.count() == others
