"""Sealing: in the order of commits, at once where it matters, by one sealer, with a key that only it has."""

from __future__ import annotations

import stat
import threading
import time

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from governance.actors import DEMONSTRATION
from governance.errors import Refused, UngovernedWrite
from governance.guard.transactions import write
from governance.ledger import bell, keys
from governance.ledger.epoch import begin_epoch
from governance.ledger.export.fsck import check
from governance.ledger.seal import seal
from governance.ledger.unsealed import without_leaf
from governance.models import LedgerEntry, SealedCheckpoint, SealedLeaf
from governance.selectors.sealing import sealing
from tests.factories.trail import Trail, past_the_guards, run, seal_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.6")]

LEAVES, CHECKPOINTS = SealedLeaf._meta.db_table, SealedCheckpoint._meta.db_table
on_postgresql = pytest.mark.skipif(
    "postgresql" not in django_settings.DATABASES["default"]["ENGINE"], reason="PostgreSQL"
)


@pytest.fixture
def trail(tmp_path, settings) -> Trail:
    return Trail(tmp_path, settings)


def a_line(kind: str = "test") -> int:
    return LedgerEntry.objects.create(kind=kind).number


def other_connection() -> psycopg.Connection:
    """A second session of the application, as another worker has it."""
    place = connection.settings_dict
    opened = psycopg.connect(dbname=place["NAME"], user=place["USER"], host=place["HOST"], port=place["PORT"] or 5432)
    opened.execute("SELECT set_config('interlock.act', '{}', true)")
    return opened


def insert(opened: psycopg.Connection) -> int:
    row = opened.execute(f"INSERT INTO {LedgerEntry._meta.db_table} (kind) VALUES ('test') RETURNING number").fetchone()
    assert row
    return row[0]


def test_everything_that_is_committed_is_sealed_once(trail):
    trail.history()
    assert without_leaf().count() == 0
    assert SealedLeaf.objects.count() == LedgerEntry.objects.count()
    size = SealedCheckpoint.objects.count()
    assert seal() is None
    assert SealedCheckpoint.objects.count() == size, "nothing new is no new checkpoint"


def test_many_lines_are_sealed_in_portions(trail, monkeypatch):
    monkeypatch.setattr("governance.ledger.seal.PORTION", 3)
    with write():
        for _ in range(10):
            a_line()
    seal_all()
    assert sealing().checkpoint.size == SealedLeaf.objects.count() == LedgerEntry.objects.count()
    assert check().findings == []


@on_postgresql
def test_a_line_that_commits_late_is_not_passed_over(trail):
    """Two sessions: the lower number commits after the higher one was there to be sealed."""
    seal_all()
    early, late = other_connection(), other_connection()
    lower = insert(early)
    higher = insert(late)
    late.commit()
    assert lower < higher
    seal()
    assert not SealedLeaf.objects.filter(number__in=(lower, higher)).exists(), "an older transaction is still open"
    early.commit()
    seal_all()
    assert set(SealedLeaf.objects.filter(number__in=(lower, higher)).values_list("number", flat=True)) == {
        lower,
        higher,
    }
    assert check().findings == []
    early.close()
    late.close()


@on_postgresql
def test_a_higher_number_of_an_older_transaction_is_not_passed_over(trail):
    """The transaction began first and writes last: its number is higher, and its place is before."""
    seal_all()
    old, young = other_connection(), other_connection()
    old.execute("SELECT pg_current_xact_id()")
    first = insert(young)
    second = insert(old)
    young.commit()
    seal()
    assert not SealedLeaf.objects.filter(number=first).exists()
    old.commit()
    seal_all()
    order = list(
        SealedLeaf.objects.filter(number__in=(first, second)).order_by("position").values_list("number", flat=True)
    )
    assert order == [second, first], "in the order of transactions"
    old.close()
    young.close()


@on_postgresql
def test_what_is_rolled_back_leaves_no_hole(trail):
    opened = other_connection()
    insert(opened)
    opened.rollback()
    opened.close()
    a_number = None
    with write():
        a_number = a_line()
    seal_all()
    assert SealedLeaf.objects.filter(number=a_number).exists()
    assert check().findings == []


@on_postgresql
def test_sealers_take_turns(trail):
    """Many writers and two sealers at once: every line has one leaf, and the log verifies."""
    stop, errors = threading.Event(), []

    def keep(act) -> None:
        try:
            while not stop.is_set():
                act()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def write_one() -> None:
        with write():
            a_line()

    threads = [threading.Thread(target=keep, args=(act,)) for act in (write_one, write_one, seal, seal)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 3
    while time.monotonic() < until and LedgerEntry.objects.count() < 300:
        stop.wait(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    seal_all()
    assert errors == []
    assert without_leaf().count() == 0
    assert check().findings == []


def test_without_a_key_nothing_is_sealed_and_the_log_is_still_shown(trail, settings):
    trail.history()
    size = SealedCheckpoint.objects.count()
    settings.HUB_SEAL_KEY_FILE = ""
    settings.HUB_SEAL_PUBLIC_KEYS = [trail.key.public]
    trail.write("mes")
    assert seal() is None
    assert SealedCheckpoint.objects.count() == size
    assert sealing().checkpoint.size > 0
    assert sealing().oldest_waiting_at is not None
    assert check().findings == []


def test_a_key_is_made_for_its_owner_only_and_never_replaced(tmp_path, settings):
    call_command("seal_key", str(tmp_path / "key"))
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    before = (tmp_path / "key").read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        call_command("seal_key", str(tmp_path / "key"))
    call_command("seal_key", str(tmp_path / "key"), "--if-missing")
    assert (tmp_path / "key").read_bytes() == before
    settings.HUB_SEAL_KEY_FILE = str(tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="open to everybody"):
        keys.sealing_key()
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "key").write_text("nothing")
    with pytest.raises(ImproperlyConfigured, match="holds no private key"):
        keys.sealing_key()


def test_leaves_and_checkpoints_are_written_once(trail):
    trail.history()
    for row in (SealedLeaf.objects.first(), SealedCheckpoint.objects.first()):
        with pytest.raises(UngovernedWrite):
            row.save()
        with pytest.raises(UngovernedWrite):
            row.delete()
    for table in (LEAVES, CHECKPOINTS):
        with pytest.raises(Exception, match=r"never changed|permission denied"), transaction.atomic():
            run(f"DELETE FROM {table}")


def test_the_bell_rings_after_the_commit_and_never_raises(trail, monkeypatch):
    heard = []

    def broken() -> None:
        raise ConnectionError

    monkeypatch.setattr(bell, "_answers", [broken, lambda: heard.append(LedgerEntry.objects.count())])
    with write():
        a_line()
        bell.ring()
        assert heard == []
    assert len(heard) == 1
    bell.ring()
    assert len(heard) == 2


def test_a_release_rings(world, monkeypatch):
    rung = []
    monkeypatch.setattr(bell, "_answers", [lambda: rung.append(1)])
    from governance.changes import Operation, propose

    content = {
        "key": "mes", "label": "MES", "category": "mes", "owner": "Production", "level": 3, "gxp": True,
    }  # fmt: skip
    propose(
        title="One more", reason="A system more", operations=[Operation("system", "mes", content)], by=DEMONSTRATION
    )
    assert rung


def test_an_epoch_seals_what_is_left_and_says_so(trail):
    trail.history()
    trail.write("mes")
    call_command("audit", "epoch", "--reason", "Restored from the backup of the night")
    assert sealing().checkpoint.epoch == 1
    assert without_leaf().count() == 0
    trail.write("qms", full_name="Quality")
    seal_all()
    report = trail.verify()
    assert report.findings == []
    assert any("Restored from the backup of the night" in remark for remark in report.remarks)
    assert SealedCheckpoint.objects.order_by("-size").first().epoch == 1


def test_an_epoch_needs_the_key_and_a_reason(trail, settings):
    with pytest.raises(Refused, match="says too little"):
        begin_epoch(by=DEMONSTRATION, reason=".")
    settings.HUB_SEAL_KEY_FILE = ""
    with pytest.raises(Refused, match="key is not here"):
        begin_epoch(by=DEMONSTRATION, reason="Restored from the backup")


@on_postgresql
def test_another_cluster_is_noticed_and_an_epoch_goes_on(trail, monkeypatch):
    trail.history()
    monkeypatch.setattr("governance.ledger.seal.place", lambda: "another/1")
    monkeypatch.setattr("governance.ledger.head.place", lambda: "another/1")
    with pytest.raises(Refused, match="sealed in another database"):
        seal()
    assert "audit epoch" in sealing().sentence
    call_command("audit", "epoch", "--reason", "Restored into another cluster")
    trail.write("mes")
    seal_all()
    assert trail.found() == ""


def test_a_ledger_that_lost_its_end_is_not_gone_on_from(trail):
    trail.history()
    last = LedgerEntry.objects.order_by("-number").first().number
    with past_the_guards(LedgerEntry._meta.db_table):
        run(f"DELETE FROM {LedgerEntry._meta.db_table} WHERE number = {last}")
    with pytest.raises(Refused, match=f"holds ledger line {last} as its last"):
        seal()


def test_the_standing_tells_lag_and_what_nobody_attests(trail):
    from tests.factories.trail import forge

    row = trail.write("lims")
    seal_all()
    assert (sealing().lag_seconds, sealing().unattested, sealing().sentence) == (0.0, 0, "")
    forge(row, "Mine")
    assert sealing().lag_seconds >= 0
    seal_all()
    assert sealing().unattested == 1
