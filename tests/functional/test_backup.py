"""Backup, restore and the drill as an operator runs them: what was damaged is found, what is whole comes back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.factories.processes import ROOT, Hub, until
from tests.factories.target import Target
from tests.factories.world import sample
from tests.functional.test_processes import POSTGRES, database  # noqa: F401 - a fixture

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes"), pytest.mark.req("M4.4")]

PROGRAMS = ROOT / "deploy" / "backup"
REFUSES = "interlock_refuses_writes_outside_the_application"


def program(name: str, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(PROGRAMS / name), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


def take(hub: Hub, folder: Path, *options: str) -> Path:
    done = program("take.py", hub.environment, str(folder), *options)
    assert done.returncode == 0, done.stderr
    return Path(next(line for line in done.stdout.splitlines() if line.startswith("Backup: ")).removeprefix("Backup: "))


def restore(hub: Hub, backup: Path, place: Path, *options: str, **environment: str) -> subprocess.CompletedProcess:
    """Into an empty SQLite database of the same home."""
    empty = {"HUB_DATABASE_URL": f"sqlite:///{place}", **environment}
    return program("restore.py", {**hub.environment, **empty}, str(backup), *options)


def sums_again(backup: Path) -> None:
    """What somebody does who alters a backup and knows of its sums."""
    names = [line.split("  ")[1] for line in (backup / "SHA256SUMS").read_text().splitlines()]
    lines = [f"{hashlib.sha256((backup / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (backup / "SHA256SUMS").write_text("".join(lines))


@pytest.fixture(scope="module")
def working(tmp_path_factory, target_port):
    """An embedded hub that has delivered a few messages and goes on, and its backup."""
    hub = Hub(tmp_path_factory.mktemp("working"))
    with Target(target_port) as target:
        hub.prepare(target.url)
        hub.start("web")
        for number in range(3):
            hub.post(sample(number))
        until(lambda: len(target.effects) == 3, "The arrival of the messages")
    yield hub, take(hub, hub.home / "backups")
    hub.stop()


@pytest.fixture
def small(working, tmp_path):
    """The hub that goes on, and a copy of its backup for whoever damages it."""
    hub, backup = working
    copy = shutil.copytree(backup, tmp_path / "backups" / backup.name)
    copy.chmod(0o700)
    before = dict(hub.environment)
    yield hub, copy
    hub.environment = before


def test_a_backup_comes_back_whole_while_the_hub_works(small, tmp_path):
    hub, backup = small
    done = restore(hub, backup, tmp_path / "new.sqlite3")
    assert done.returncode == 0, done.stdout
    assert "every row of every table is that of the backup" in done.stdout
    with closing(sqlite3.connect(tmp_path / "new.sqlite3")) as there:
        assert there.execute("SELECT count(*) FROM hub_message").fetchone() == (3,)
    assert oct(backup.stat().st_mode)[-3:] == "700"
    assert {oct(file.stat().st_mode)[-3:] for file in backup.iterdir()} == {"600"}


@pytest.mark.parametrize("name", ["hub.sqlite3", "manifest.json", "SHA256SUMS"])
def test_one_byte_that_differs_is_found_before_anything_is_restored(small, tmp_path, name):
    hub, backup = small
    content = bytearray((backup / name).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / name).write_bytes(content)
    done = restore(hub, backup, tmp_path / "new.sqlite3")
    assert done.returncode == 1
    assert "DAMAGED" in done.stdout
    assert not (tmp_path / "new.sqlite3").exists()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM hub_attempt WHERE rowid = (SELECT max(rowid) FROM hub_attempt)", "hub_attempt: 2 rows"),
        ("UPDATE governance_auditevent SET sentence = 'Nothing.'", "governance_auditevent: a row differs"),
        ("DROP TABLE hub_drift", "hub_drift: is missing"),
    ],
)
def test_a_row_that_was_altered_or_taken_out_is_found_although_the_sums_fit(small, tmp_path, statement, sentence):
    hub, backup = small
    with closing(sqlite3.connect(backup / "hub.sqlite3")) as copy:
        copy.create_function(
            "interlock_refuses_writes_outside_the_application", 0, lambda: 0
        )  # as somebody could who has the file
        copy.execute(statement)
        copy.commit()
    sums_again(backup)
    done = restore(hub, backup, tmp_path / "new.sqlite3")
    assert done.returncode == 1
    assert sentence in done.stdout


def test_a_backup_without_its_keys_is_said_to_be_unreadable(small, tmp_path):
    hub, backup = small
    other = {"HUB_DATA_KEYS": "dev1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
    done = restore(hub, backup, tmp_path / "new.sqlite3", **other)
    assert done.returncode == 1
    assert "A data key does not open" in done.stdout
    assert "A payload does not open" in done.stdout


ENROLL = """
from governance.guard.context import change
from governance.models import Person, SecondFactor
person = Person.objects.get(username="olga")
with change(by=person, reason="A second factor"):
    factor = SecondFactor(person=person)
    factor.put("JBSWY3DPEHPK3PXP")
    factor.save()
"""


def test_a_key_that_only_opens_second_factors_is_named_and_missed(small, tmp_path):
    """Without it nobody who has a second factor could sign in to the restored hub."""
    hub, _ = small
    older = hub.run("from django.conf import settings; print(settings.HUB_DATA_KEYS)").strip()
    hub.environment["HUB_DATA_KEYS"] = f"k2:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=,{older}"
    hub.run(ENROLL)
    backup = take(hub, tmp_path / "later")
    assert "k2" in json.loads((backup / "manifest.json").read_text())["master_keys"]
    done = restore(hub, backup, tmp_path / "new.sqlite3", HUB_DATA_KEYS=older)
    assert (done.returncode, "A second factor does not open" in done.stdout) == (1, True)


def test_nothing_is_restored_over_what_is_there(small):
    hub, backup = small
    done = program("restore.py", hub.environment, str(backup))
    assert done.returncode == 1
    assert "The database is not empty" in done.stdout


def test_a_backup_can_be_looked_at_alone(small, tmp_path):
    hub, backup = small
    assert restore(hub, backup, tmp_path / "new.sqlite3", "--check").returncode == 0
    (backup / "hub.sqlite3").unlink()
    done = restore(hub, backup, tmp_path / "new.sqlite3", "--check")
    assert (done.returncode, "hub.sqlite3 is missing" in done.stdout) == (1, True)


def test_only_the_newest_are_kept(small, tmp_path):
    hub, first = small
    (tmp_path / "backups" / ".2026-01-01T00-00-00Z.partial").mkdir()
    older = first.rename(first.with_name("2020-01-01T00-00-00Z"))
    yearly = shutil.copytree(older, older.with_name("2025-yearly"))
    newest = take(hub, tmp_path / "backups", "--keep", "1")
    assert newest.exists()
    assert not older.exists()
    assert yearly.exists()  # somebody put it there under a name of their own
    refused = program("take.py", hub.environment, str(tmp_path / "backups"), "--keep", "-1")
    assert (refused.returncode, "'-1' is no number of backups" in refused.stderr) == (2, True)
    assert newest.exists()


@pytest.mark.services
def test_postgresql_comes_back_with_the_rights_of_both_roles(tmp_path, database, target):  # noqa: F811
    hub = on_postgresql(tmp_path, database)
    hub.prepare(target.url)
    backup = take(hub, tmp_path / "backups")
    with recreated(database):
        done = program("restore.py", hub.environment, str(backup))
        assert done.returncode == 0, done.stdout + done.stderr
        with psycopg.connect(hub.environment["HUB_DATABASE_URL"]) as connection:
            assert connection.execute("SELECT count(*) FROM governance_auditevent").fetchone()[0] > 5
        for table in ("governance_auditevent", "hub_message", "hub_message_rest"):
            with (
                psycopg.connect(hub.environment["HUB_DATABASE_URL"]) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(f"DELETE FROM {table}")


@pytest.mark.services
@pytest.mark.parametrize("damage", ["byte", "row"])
def test_a_damaged_dump_is_found(tmp_path, database, target, damage):  # noqa: F811
    hub = on_postgresql(tmp_path, database)
    hub.prepare(target.url)
    backup = take(hub, tmp_path / "backups")
    if damage == "byte":
        content = bytearray((backup / "hub.dump").read_bytes())
        content[len(content) // 2] ^= 1
        (backup / "hub.dump").write_bytes(content)
        wanted = "hub.dump is not what was written"
    else:
        with psycopg.connect(hub.environment["HUB_OWNER_DATABASE_URL"]) as connection:
            connection.execute("ALTER TABLE governance_auditevent DISABLE TRIGGER ALL")  # as its owner could
            connection.execute(
                "DELETE FROM governance_auditevent WHERE id = (SELECT min(id::text)::uuid FROM governance_auditevent)"
            )
        other = take(hub, tmp_path / "others")
        (other / "hub.dump").replace(backup / "hub.dump")
        sums_again(backup)
        wanted = "governance_auditevent: "
    with recreated(database):
        done = program("restore.py", hub.environment, str(backup))
    assert done.returncode == 1
    assert f"DAMAGED: {wanted}" in done.stdout


def on_postgresql(home: Path, name: str) -> Hub:
    address = f"127.0.0.1:5432/{name}"
    return Hub(home, database=f"postgresql://hub_app@{address}", owner=f"postgresql://hub_owner@{address}")


class recreated:
    """The database as a machine has it after a loss: there, and empty."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {self.name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {self.name} OWNER hub_owner")

    def __exit__(self, *exc_info: object) -> None:
        """The fixture drops it."""


def drill(*arguments: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return program("drill.py", clean, *arguments)


FORGETFUL = """
import sys
sys.path[:0] = ["deploy/backup"]
import drill, target
target.WATCH += (
    "CREATE TRIGGER forgets AFTER INSERT ON inspection_result WHEN NEW.sample_number LIKE '%9' "
    "BEGIN DELETE FROM inspection_result WHERE rowid = NEW.rowid; END;"
)
sys.exit(drill.main())
"""


def test_the_drill_asks_the_target_whether_it_holds_what_the_hub_calls_delivered(tmp_path):
    """The wrong case: a target that answers well and does not keep all."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | {
        "TMPDIR": str(tmp_path)
    }
    command = [sys.executable, "-c", FORGETFUL]
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False, timeout=300)
    failed = [line for line in done.stdout.splitlines() if line.endswith("FAILS")]
    assert done.returncode == 1, done.stderr
    assert [line.startswith("delivered ones whose record stands at the target") for line in failed] == [True]


def test_the_drill_holds_on_sqlite():
    done = drill()
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(line.endswith(" holds") for line in done.stdout.splitlines()) == 7


@pytest.mark.services
def test_the_drill_holds_on_postgresql(database):  # noqa: F811
    done = drill("--postgresql", f"postgresql://hub_owner@127.0.0.1:5432/{database}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(line.endswith(" holds") for line in done.stdout.splitlines()) == 7
