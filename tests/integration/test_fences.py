"""What no connection may open: files outside the allowed folders, and the hub's own, wherever they lie."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from connectors.errors import Misconfigured
from governance.errors import Refused
from hub.flow.intake.poll import poll_due
from hub.flow.sending import clients
from hub.models import InterfaceControl, Message
from hub.ownfiles import own_files
from tests.factories.world import connection, release
from tests.integration.test_poll import HEADER, again, database, files, polled, rows

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]

KEY = "IF-011"


def made(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    with sqlite3.connect(path) as opened:
        opened.execute("CREATE TABLE result (number INTEGER PRIMARY KEY, sample TEXT, lot TEXT, verdict TEXT)")
    opened.close()
    rows(path, [1])
    return path


def poll(content: dict) -> int:
    release(("connection", content), ("interface", polled(KEY, content["key"], "results")))
    return poll_due()


def said() -> str:
    return InterfaceControl.objects.get(interface__key=KEY, is_halted=True).paused_because


@pytest.fixture
def home(tmp_path, settings):
    """A hub with a database of its own and keys, allowed everything around them."""
    found = tmp_path / "home"
    settings.HUB_OWN_FILES = own_files(found, {"ENGINE": "django.db.backends.sqlite3", "NAME": found / "hub.sqlite3"})
    settings.HUB_FILE_ROOTS = [str(tmp_path)]
    made(found / "hub.sqlite3")
    (found / "secret_key").write_text("the hub's own")
    return found


def test_a_database_outside_the_allowed_folders_is_not_opened(world, tmp_path, settings):
    settings.HUB_FILE_ROOTS = [str(tmp_path / "allowed")]
    assert poll(database(made(tmp_path / "lims.sqlite3"))) == 0
    assert "does not lie in one of the allowed folders" in said()


def test_a_database_inside_the_allowed_folders_is_read(world, tmp_path, settings):
    settings.HUB_FILE_ROOTS = [str(tmp_path / "other"), str(tmp_path / "allowed")]
    assert poll(database(made(tmp_path / "allowed" / "lims.sqlite3"))) == 1


def test_a_link_into_the_allowed_folders_does_not_make_a_database_of_them(world, tmp_path, settings):
    settings.HUB_FILE_ROOTS = [str(tmp_path / "allowed")]
    (tmp_path / "allowed").mkdir()
    (tmp_path / "allowed" / "lims.sqlite3").symlink_to(made(tmp_path / "lims.sqlite3"))
    assert poll(database(tmp_path / "allowed" / "lims.sqlite3")) == 0
    assert "does not lie in one of the allowed folders" in said()


@pytest.mark.parametrize("roots", [True, False], ids=["inside the roots", "no roots"])
def test_the_hubs_own_database_is_no_source_whatever_is_allowed(world, home, settings, roots):
    settings.HUB_FILE_ROOTS = settings.HUB_FILE_ROOTS if roots else []
    assert poll(database(home / "hub.sqlite3")) == 0
    assert "a file of the hub itself" in said()
    assert not Message.objects.exists()


def test_another_name_of_the_hubs_own_database_is_no_source(world, home, tmp_path):
    os.link(home / "hub.sqlite3", tmp_path / "lims.sqlite3")
    assert poll(database(tmp_path / "lims.sqlite3")) == 0
    assert "a file of the hub itself" in said()


def test_what_lies_beside_the_hubs_own_database_is_its_own(home, settings):
    beside = {"hub.sqlite3", "hub.sqlite3-wal", "hub.sqlite3-shm", "hub.sqlite3-journal"}
    assert {Path(path).name for path in settings.HUB_OWN_FILES} >= beside | {"secret_key", "data_keys", "demo-token"}


def test_a_folder_that_holds_the_hubs_own_files_is_not_read_and_nothing_is_moved(world, home):
    (home / "results.csv").write_text(HEADER + "S-1,L-1,OK\n")
    assert poll(files(home)) == 0
    assert "holds files of the hub itself" in said()
    assert (home / "secret_key").exists()
    assert (home / "results.csv").exists()


def test_a_folder_below_the_hubs_home_is_read(world, home):
    (home / "demo").mkdir()
    (home / "demo" / "results.csv").write_text(HEADER + "S-1,L-1,OK\n")
    assert poll(files(home / "demo")) == 1
    assert again() == 0


def test_a_demonstration_store_is_not_made_in_the_hubs_own_database(home):
    content = {"connector": "demo", "settings": {"store": str(home / "hub.sqlite3")}}
    connector = clients.build(content)
    assert "a file of the hub itself" in connector.check().message


# --- credentials -----------------------------------------------------------------------------------------


def with_token(reference: str) -> dict:
    content = connection("http://127.0.0.1:9")
    content["settings"]["login"] = {"kind": "bearer"}
    return {**content, "credentials": {"token": reference}}


def test_a_variable_of_the_hub_is_refused_when_the_connection_is_proposed(world, monkeypatch):
    with pytest.raises(Refused, match="HUB_CONNECTION_"):
        release(("connection", with_token("env:HUB_SECRET_KEY")))
    monkeypatch.setenv("HUB_CONNECTION_QMS_TOKEN", "t-1")
    release(("connection", with_token("env:HUB_CONNECTION_QMS_TOKEN")))
    assert clients.build(with_token("env:HUB_CONNECTION_QMS_TOKEN")).credentials.token == "t-1"


def test_files_become_credentials_only_inside_the_folder_of_the_installation(tmp_path, settings):
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "qms").write_text("t-1\n")
    content = with_token(f"file:{folder}/qms")
    with pytest.raises(Misconfigured, match="HUB_CREDENTIALS_DIR"):
        clients.build(content)
    settings.HUB_CREDENTIALS_DIR = str(folder)
    assert clients.build(content).credentials.token == "t-1"
    with pytest.raises(Misconfigured, match="does not lie in one of the allowed folders"):
        clients.build(with_token("file:/etc/hostname"))
