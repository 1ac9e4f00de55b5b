"""What no connection may reach here: the hub's own files, keys and settings; nor what lies outside its roots."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import Misconfigured
from hub.flow import clients
from tests.integration.test_poll import database

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"settings": {"database": "{home}/hub.sqlite3"}}, "the hub's own"),
        ({"settings": {"database": "{home}/demo/../hub.sqlite3"}}, "the hub's own"),
        ({"credentials": {"password": "env:HUB_SECRET_KEY"}}, "a setting of the hub"),
        ({"credentials": {"password": "env:HUB_DATA_KEYS_FILE"}}, "a setting of the hub"),
        ({"credentials": {"password": "file:{home}/secret_key"}}, "a file of the hub"),
    ],
)
def test_the_hubs_own_files_and_keys_are_no_connections(settings, tmp_path, content, words):
    settings.HUB_HOME = tmp_path
    (tmp_path / "demo").mkdir()
    Path(tmp_path / "hub.sqlite3").touch()
    wanted = database(tmp_path / "other.sqlite3")
    wanted["settings"] |= {k: v.format(home=tmp_path) for k, v in content.get("settings", {}).items()}
    wanted["credentials"] = {k: v.format(home=tmp_path) for k, v in content.get("credentials", {}).items()}
    with pytest.raises(Misconfigured, match=words):
        clients.build(wanted)


def test_a_database_outside_of_the_roots_is_refused_and_one_inside_is_taken(settings, tmp_path):
    settings.HUB_FILE_ROOTS = [str(tmp_path / "allowed")]
    with pytest.raises(Misconfigured, match="HUB_FILE_ROOTS"):
        clients.build(database(tmp_path / "lims.sqlite3"))
    assert clients.build(database(tmp_path / "allowed" / "lims.sqlite3"))
