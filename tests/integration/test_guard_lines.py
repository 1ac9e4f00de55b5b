"""What the log says of the guards themselves: put in place, taken away, switched off by somebody who says nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from governance.actors import DEMONSTRATION
from governance.guard import install
from governance.guard.context import change
from governance.guard.state import guard_state
from governance.ledger import telling
from governance.ledger.export.fsck import check
from governance.ledger.seal import SEALER
from governance.models import LedgerEntry, Person, SealedCheckpoint
from hub.database.ownership import as_owner
from tests.factories.trail import REASON, Trail, past_the_guards, run, seal_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.6"), pytest.mark.xdist_group("guard")]

PERSON = Person._meta.db_table
FAR = "ffffffff-ffff-7fff-bfff-fffffffffff"  # the begin of ids that no clock reaches
UNEXPLAINED = "and no ledger line explains it: somebody switched them off, or exchanged them."


@pytest.fixture
def trail(tmp_path, settings):
    yield Trail(tmp_path, settings).history()
    with as_owner():
        install.install(connection)


def drop() -> None:
    with as_owner():
        install.drop(connection)


def run_as_owner(statement: str) -> None:
    with as_owner():
        run(statement)


def put_back() -> None:
    with as_owner():
        install.install(connection)


def put_back_without_a_line(monkeypatch) -> None:
    """By somebody who has the statements of this build and nothing to say."""
    with monkeypatch.context() as patch:
        patch.setattr(install, "note", lambda *said: None)
        put_back()


def test_a_migration_that_takes_them_away_and_puts_them_back_is_explained(trail):
    drop()
    seal_all()
    put_back()
    seal_all()
    assert trail.found() == ""
    assert check().findings == []


def test_guards_that_came_back_without_a_line_are_not_explained_by_the_one_that_says_they_went(trail, monkeypatch):
    drop()
    put_back_without_a_line(monkeypatch)
    seal_all()
    assert UNEXPLAINED in trail.found()


def test_nor_are_they_a_checkpoint_later(trail, monkeypatch):
    drop()
    seal_all()
    put_back_without_a_line(monkeypatch)
    seal_all()
    assert UNEXPLAINED in trail.found()


def test_a_migration_that_was_interrupted_is_said_until_it_is_ended(trail):
    drop()
    seal_all()
    run("CREATE TABLE meanwhile (id integer)") if connection.vendor == "sqlite" else None
    found = trail.found()
    assert found.startswith("The guards were dropped at ")
    assert "no line says that they were put back. A migration was interrupted" in found
    assert UNEXPLAINED not in found
    assert "no line says that they were put back" in "\n".join(check().findings)
    run("DROP TABLE meanwhile") if connection.vendor == "sqlite" else None
    put_back()
    seal_all()
    assert trail.found() == ""


def test_the_line_that_says_they_are_back_counts_before_it_is_sealed(trail, settings):
    drop()
    seal_all()
    put_back()
    settings.HUB_SEAL_PUBLIC_KEYS, settings.HUB_SEAL_KEY_FILE = [trail.key.public], ""
    report = trail.verify()
    assert report.findings == []
    assert any("The guards were installed" in remark and "not sealed yet" in remark for remark in report.remarks)


def switch_off_and_on() -> None:
    with past_the_guards(PERSON):
        pass


def test_a_line_explains_the_change_that_it_states_and_none_before_it(trail):
    """Guards were off and on for a moment; a migration comes after it, and its lines say how they are since."""
    switch_off_and_on()
    drop()
    put_back()
    seal_all()
    assert trail.found().count(UNEXPLAINED) == 1
    assert "\n".join(check().findings).count(UNEXPLAINED) == 1
    assert LedgerEntry.objects.filter(kind="guard_changed").count() == 1


def test_nor_one_after_it(trail):
    drop()
    put_back()
    switch_off_and_on()
    seal_all()
    assert trail.found().count(UNEXPLAINED) == 1
    assert LedgerEntry.objects.filter(kind="guard_changed").count() == 1


def test_nor_one_between_it_and_a_second_one_in_lines_that_nobody_signed_yet(trail, settings):
    drop()
    put_back()
    switch_off_and_on()
    drop()
    put_back()
    settings.HUB_SEAL_PUBLIC_KEYS, settings.HUB_SEAL_KEY_FILE = [trail.key.public], ""
    assert trail.found().count(UNEXPLAINED) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no partitions")
@pytest.mark.parametrize("found", [0, 1])
def test_a_line_about_partitions_explains_the_partitions_alone(trail, found):
    if found:
        switch_off_and_on()
    run_as_owner("DROP TABLE IF EXISTS hub_message_210001")
    with as_owner(), install.covering_partitions(connection):
        run(f"CREATE TABLE hub_message_210001 PARTITION OF hub_message FOR VALUES FROM ('{FAR}0') TO ('{FAR}1')")
    try:
        seal_all()
        assert trail.found().count(UNEXPLAINED) == found
    finally:
        run_as_owner("DROP TABLE hub_message_210001")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes its guards away before a migration")
def test_what_a_migration_itself_does_to_guards_is_explained_by_its_line(trail):
    """It removes a table, and its guards go with it, before the line that says how they are since."""
    sender = apps.get_app_config("hub")
    with as_owner():
        install._before(sender, plan=["one"])
        run(f"ALTER TABLE {PERSON} DISABLE TRIGGER interlock_emptied")
        install._after(sender)
    seal_all()
    assert trail.found() == ""


def test_guards_that_went_twice_and_never_came_are_said(trail, monkeypatch):
    drop()
    put_back_without_a_line(monkeypatch)
    drop()
    put_back()
    seal_all()
    assert "for the second time: somebody put them back without a line" in trail.found()


def test_many_lines_between_going_and_coming_back_hold_nobody_up(trail, monkeypatch):
    """What a migration wrote while there were no guards gets its lines before the one that says they are back."""
    monkeypatch.setattr("governance.ledger.seal.PORTION", 3)
    monkeypatch.setattr("tests.factories.trail.PATIENCE", 5)
    drop()
    for _ in range(5):
        LedgerEntry.objects.create(kind="test")
    put_back()
    seal_all()
    assert trail.found() == ""
    assert_portions(3)


def assert_portions(most: int) -> None:
    """No checkpoint was made over more new entries than that, since the two of ``history``."""
    sizes = list(SealedCheckpoint.objects.order_by("size").values_list("size", flat=True))[1:]
    assert all(after - before <= most for before, after in pairwise(sizes)), sizes


def write_lines(count: int) -> None:
    for _ in range(count):
        with change(by=DEMONSTRATION, reason=REASON):
            LedgerEntry.objects.create(kind="test")


def test_a_long_backlog_is_sealed_in_portions_whatever_became_of_the_guards(trail, monkeypatch):
    """And each change is said once: the one that a line explains nowhere, the other one with its line."""
    monkeypatch.setattr("governance.ledger.seal.PORTION", 3)
    write_lines(7)
    switch_off_and_on()
    write_lines(7)
    drop()
    put_back()
    write_lines(7)
    seal_all()
    assert_portions(3)
    assert trail.found().count("The guards") == 1
    assert UNEXPLAINED in trail.found()
    assert LedgerEntry.objects.filter(kind="guard_changed").count() == 1


def test_the_first_seal_of_a_long_ledger_finds_nothing_in_what_its_lines_say(tmp_path, settings, monkeypatch):
    monkeypatch.setattr("governance.ledger.seal.PORTION", 3)
    trail = Trail(tmp_path, settings)
    write_lines(5)
    drop()
    put_back()
    seal_all()
    assert trail.found() == ""


def test_an_export_shows_at_once_that_guards_were_off(trail):
    with past_the_guards(PERSON):
        pass
    call_command("audit", "export", str(trail.folder / "taken"), verbosity=0)
    assert UNEXPLAINED in trail.found(trail.folder / "taken")


def test_so_does_one_where_nothing_can_be_sealed(trail, settings):
    settings.HUB_SEAL_PUBLIC_KEYS, settings.HUB_SEAL_KEY_FILE = [trail.key.public], ""
    with past_the_guards(PERSON):
        pass
    call_command("audit", "export", str(trail.folder / "taken"), verbosity=0)
    found = trail.found(trail.folder / "taken")
    assert "were changed after the last checkpoint" in found
    assert UNEXPLAINED in found
    assert UNEXPLAINED in "\n".join(check().findings)


def test_what_the_sealer_once_said_of_them_is_not_taken_back(trail):
    """Somebody who owns the database can bring an old state back; the line about it stays."""
    telling.guards_changed("sha256:00/1", "sha256:00/2", by=SEALER)
    seal_all()
    assert "as ledger line" in trail.found()
    assert UNEXPLAINED in trail.found()


@pytest.mark.parametrize("found", ["", UNEXPLAINED])
def test_in_a_restored_database_the_mark_begins_anew_and_nothing_else(trail, monkeypatch, found):
    """PostgreSQL numbers every guard anew there: the same guards under another mark, and an epoch that says so."""
    definitions, mark = guard_state().split("/")
    restored = f"{'sha256:00' if found else definitions}/{mark}0"
    for module in ("seal", "epoch", "export.bundle", "export.fsck"):
        monkeypatch.setattr(f"governance.ledger.{module}.guard_state", lambda: restored)
    call_command("audit", "epoch", "--reason", "Restored from the backup of the night")
    assert found in trail.found()
    assert bool(trail.found()) == bool(found)
