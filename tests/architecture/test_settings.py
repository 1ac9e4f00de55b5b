"""Settings from the environment: documented, typed, and refused with a sentence where they cannot be meant."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from hub import checks, env

ROOT = Path(__file__).resolve().parents[2]


def run(**environment: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**clean, "HUB_HOME": os.environ["HUB_HOME"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"HUB_ENVIRONMENT": "moon"}, "it takes one of: production, validation, development"),
        ({"HUB_DEBUG": "perhaps"}, "it takes yes or no"),
        (
            {"HUB_SITE_ZONE": "Moon/Crater"},
            "it takes a time zone such as Europe/Zurich",
        ),
        ({"HUB_MAX_BODY_BYTES": "ten"}, "it takes a whole number"),
        ({"HUB_ENVIRONMENT": "production"}, "must be set outside development"),
        ({"HUB_BROKER_URL": "redis://127.0.0.1/0"}, "hub.E001"),
        ({"HUB_LEASE_SECONDS": "5"}, "hub.E004"),
        ({"HUB_DATA_KEYS": "zzz"}, "hub.E005"),
        ({"HUB_SIGN_IN_LOCK_MINUTES": "0"}, "hub.E008"),
        ({"HUB_ONE_TIME_PASSWORD_HOURS": "-1"}, "hub.E008"),
        ({"HUB_LEASE_SECONDS": "abc"}, "hub.E000: HUB_LEASE_SECONDS is 'abc'; it takes a whole number."),
        ({"HUB_DATABASE_URL": "foo://x"}, "hub.E000: HUB_DATABASE_URL takes"),
        ({"HUB_ENVIRONMENT": "prod"}, "hub.E000: HUB_ENVIRONMENT is 'prod'"),
        ({"HUB_ENVIRONMENT": "production"}, "hub.E000: HUB_SECRET_KEY"),
        ({"HUB_SECRET_KEY_FILE": "/nowhere/key"}, "which cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_with_a_sentence(environment, words):
    done = run(**environment)
    assert done.returncode != 0
    assert words in done.stderr


def test_an_owner_is_asked_for_outside_development(settings, monkeypatch):
    settings.HUB_ENVIRONMENT = "validation"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    settings.HUB_APPLICATION_ROLE = "hub_app"
    settings.HUB_OWNER_DATABASE = None
    assert [error.id for error in checks.owner_is_somebody_else(None)] == ["hub.E002"]
    settings.HUB_OWNER_DATABASE = {"USER": "hub_owner"}
    assert checks.owner_is_somebody_else(None) == []


def test_a_database_of_tests_serves_nobody_outside_development(settings, monkeypatch):
    """Its guards can be lifted, so that tests can empty tables."""
    settings.HUB_ENVIRONMENT = "validation"
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "/somewhere/test_hub.sqlite3")
    assert [error.id for error in checks.database_is_not_one_of_tests(None)] == ["hub.E009"]
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "/test_somewhere/hub.sqlite3")
    assert checks.database_is_not_one_of_tests(None) == []


def test_each_system_check_has_an_id_of_its_own():
    """An operator looks a refusal up by it."""
    owners: dict[str, set[str]] = {}
    for path in ROOT.glob("hub/**/checks.py"):
        for check, body in re.findall(r"^def (\w+)(.*?)(?=^def |\Z)", path.read_text(), re.M | re.S):
            for name in re.findall(r'id="(hub\.\w+)"', body):
                owners.setdefault(name, set()).add(f"{path.parent.name}.{check}")
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


def test_a_secret_may_stand_in_a_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("HUB_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env.text("HUB_SECRET_KEY") == "from a file"


def test_only_secrets_are_read_from_files(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_DEBUG_FILE", str(tmp_path / "absent"))
    assert env.flag("HUB_DEBUG") is False
    monkeypatch.setenv("HUB_DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured):
        env.flag("HUB_DEBUG")


def test_the_reference_pages_are_current():
    from hub import reference

    for name, page in reference.pages().items():
        written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
        assert written == page, f"{name} is not current: run manage.py reference."
