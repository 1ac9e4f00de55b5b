"""The units of systemd: sound, hardened, and each command line starts what it says, with the example's settings."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import orjson
import psycopg
import pytest

from governance.signing.keys import new_secret
from tests.factories.prepared import seed
from tests.factories.processes import BIN, ROOT, Hub, until
from tests.factories.units import FOLDER, Unit, environment_file
from tests.factories.world import sample
from tests.functional.test_processes import REDIS, arrived_once_and_in_order, broker, database  # noqa: F401

SERVICES = sorted(path.name for path in FOLDER.glob("*.service"))
OWNERS_ONLY = {"interlock-migrate.service", "interlock-backup.service", "interlock-partitions.service"}
HARDENED = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes"}
EXAMPLE = ROOT / "deploy" / "interlock.env.example"

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.req("M4.4")]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened_and_runs_as_nobody_special(name):
    unit = Unit(name, "main")
    assert {key: unit.one(key) for key in HARDENED} == HARDENED
    assert unit.one("User") == "interlock"
    assert unit.one("CapabilityBoundingSet") == ""


@pytest.mark.parametrize("name", SERVICES)
def test_only_who_works_on_the_schema_knows_the_owner(name):
    knows = "/etc/interlock/owner.env" in Unit(name).all("EnvironmentFile")
    assert knows is (name in OWNERS_ONLY)


@pytest.mark.parametrize("name", SERVICES)
def test_only_who_works_on_the_schema_can_read_the_password_of_the_owner(name):
    """All services are one user's: a file that the user's own group reads would be open to web and workers too."""
    (secret,) = environment_file(EXAMPLE.with_name("owner.env.example")).values()
    lines = [line.split() for line in (FOLDER / "interlock.tmpfiles.conf").read_text(encoding="utf-8").splitlines()]
    folders = {words[1]: words[2:5] for words in lines if words[0] == "d"}
    assert folders[str(Path(secret).parent)] == ["0750", "root", "interlock-owner"]
    assert ("interlock-owner" in Unit(name).all("SupplementaryGroups")) is (name in OWNERS_ONLY)


def test_systemd_finds_nothing_wrong(tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze was not found")
    for path in FOLDER.glob("interlock*"):
        if path.suffix != ".conf":
            text = path.read_text(encoding="utf-8")
            text = text.replace("/opt/interlock/.venv/bin", str(BIN)).replace("/opt/interlock", str(ROOT))
            (tmp_path / path.name).write_text(text)
    units = [str(path) for path in tmp_path.iterdir()]
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "interlock" in line]
    assert (done.returncode, said) == (0, [])


# --- the example's settings ---------------------------------------------------------------------------


def example(folder: Path, **more: str) -> dict[str, str]:
    """The example's environment, its secrets in files of this folder."""
    secrets = {
        "secret_key": base64.urlsafe_b64encode(os.urandom(48)).decode(),
        "data_keys": "k1:" + base64.b64encode(os.urandom(32)).decode(),
        "database_url": "postgresql://hub_app@127.0.0.1/hub",
        "owner_database_url": "postgresql://hub_owner@127.0.0.1/hub",
        "broker_url": REDIS,
        "metrics_token": "a token of a test",
        "signing_key": new_secret(),
    }
    for name, value in secrets.items():
        (folder / name).write_text(more.pop(name, value))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    said = environment_file(EXAMPLE) | environment_file(EXAMPLE.with_name("owner.env.example"))
    for place in ("/etc/interlock/secrets", "/etc/interlock/owner"):
        said = {name: value.replace(place, str(folder)) for name, value in said.items()}
    return {**clean, **said, "HUB_HOME": str(folder / "home"), **more}


def checked(environment: dict[str, str]) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_example_passes_the_check_for_production(tmp_path):
    done = checked(example(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "identified no issues" in done.stdout


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"HUB_HTTPS": "no"}, "hub.W001"),
        ({"HUB_DEBUG": "yes"}, "hub.E003"),
        ({"owner_database_url": "postgresql://hub_app@127.0.0.1/hub"}, "hub.E002"),
        ({"secret_key": "short"}, "security.W009"),
    ],
)
def test_what_is_not_safe_is_named(tmp_path, change, named):
    done = checked(example(tmp_path, **change))
    assert done.returncode == 1
    assert named in done.stderr


def test_every_setting_of_the_examples_is_one_of_the_hub():
    from hub.env import SETTINGS

    known = {one.name for one in SETTINGS} | {f"{one.name}_FILE" for one in SETTINGS if one.secret}
    said = environment_file(EXAMPLE) | environment_file(EXAMPLE.with_name("owner.env.example"))
    assert set(said) <= known


# --- the command lines --------------------------------------------------------------------------------


class Managed(Hub):
    """A hub whose processes are started and stopped as systemd would."""

    units = {
        "web": Unit("interlock-web.service"),
        "worker": Unit("interlock-worker@.service", "main"),
        "beat": Unit("interlock-beat.service"),
    }

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        super().__init__(home)
        own = {"WEB_PORT": str(self.port), "RUNTIME_DIRECTORY": str(home), "HUB_NETWORK_ALLOWED": "127.0.0.0/8"}
        units = {name: value for unit in self.units.values() for name, value in unit.environment.items()}
        self.environment = {**environment, **units, **own}

    def _command(self, name: str) -> list[str]:
        (command,) = self.units[name].commands(self.environment)
        return command

    def stop_by_unit(self, name: str) -> int:
        """KillMode=mixed: the signal goes to the main process only."""
        process = self.processes.pop(name)
        process.send_signal(self.units[name].kill_signal)
        return process.wait(float(self.units[name].one("TimeoutStopSec")))

    def send(self, number: int) -> None:
        """As the proxy in front hands it on."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/interfaces/IF-001/messages",
            data=orjson.dumps(sample(number, lot=f"L-{number % 5}")),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "X-Forwarded-Proto": "https",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 202


@pytest.fixture
def managed(tmp_path, database, broker):  # noqa: F811
    url, empty = broker
    empty()
    address = f"127.0.0.1:5432/{database}"
    environment = example(
        tmp_path,
        broker_url=url,
        database_url=f"postgresql://hub_app@{address}",
        owner_database_url=f"postgresql://hub_owner@{address}",
    )
    hub = Managed(tmp_path, environment)
    yield hub
    hub.stop()


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_the_command_lines_start_a_hub_that_delivers_and_stops_without_a_loss(managed, target):
    for name in ("interlock-migrate.service", "interlock-partitions.service", "interlock-backup.service"):
        unit = Unit(name)
        environment = {**managed.environment, **unit.environment, "BACKUP_FOLDER": str(managed.home / "backups")}
        for command in unit.commands(environment):
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    managed.token = seed(managed, target.url)  # in the database that the units have made
    for name in ("HUB_OWNER_DATABASE_URL_FILE", "HUB_OWNER_DATABASE_URL"):
        managed.environment.pop(name, None)  # the services do not know it
    managed.start("web", "worker", "beat")
    managed.until_ready()
    for number in range(30):
        managed.send(number)
    until(lambda: len(target.effects) > 3, "The first arrivals")
    assert {name: managed.stop_by_unit(name) for name in ("worker", "beat", "web")} == {
        "worker": 0,
        "beat": 0,
        "web": 0,
    }
    with psycopg.connect((managed.home / "database_url").read_text()) as connection:
        assert connection.execute("SELECT count(*) FROM hub_delivery WHERE lease IS NOT NULL").fetchone() == (0,)
    managed.start("web", "worker", "beat")
    until(lambda: arrived_once_and_in_order(target, 30), "The arrival of all 30 messages")
