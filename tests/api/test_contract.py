"""schemathesis against the live server: no 5xx, and every answer as the OpenAPI document says.

Bounded and repeatable: no randomness, few examples an operation. A system reads and acts, a person proposes and
decides. The doors of one controlled kind stand for all: they are one view.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.conf import settings

from hub.flow.replaying import replay
from hub.flow.work import drain
from hub.models import Delivery
from tests.factories.world import sample
from tests.functional.conftest import session_of
from tests.integration.test_intake import post

pytestmark = [pytest.mark.slow, pytest.mark.req("M7.6"), pytest.mark.django_db(transaction=True)]

TOOL = Path(sys.executable).parent / "schemathesis"
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    *("response_headers_conformance", "negative_data_rejection", "unsupported_method", "allow_header_conformance"),
)
OPTIONS = (
    *("--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--generation-deterministic", "--no-shrink"),
    *("--no-color", "--suppress-health-check", "all", "--warnings", "off"),
    *("--generation-with-security-parameters", "false"),
)
REFUSALS = (400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 428)  # a body may be wrong and come too late
READS = ("--include-path-regex", "^/api/(v1/(?!code-lists|icds|local-terms|systems)|schema)", "--exclude-method", "PUT")
READS += ("--exclude-method", "DELETE")
WRITES = (
    "--include-path-regex",
    "^/api/v1/(elements/|interfaces/|changes|replays|deliveries|mappings/.*(preview|back-test)|mess)",
)
WRITES += ("--exclude-method", "GET")


@pytest.fixture
def hub(client, world, live_server, settings, tmp_path) -> SimpleNamespace:
    """A live hub in which there is something of everything; the tool is told what is called how."""
    settings.HUB_API_RATE_READ = settings.HUB_API_RATE_WRITE = 10**9
    world.target.status_for["S-4"] = 422
    sent = [
        UUID(post(client, world, sample(number, **more)).json()["id"])
        for number, more in ((1, {}), (2, {"verdict": "MAYBE"}), (3, {"colour": "red"}), (4, {"lot": "L-4"}))
    ]
    drain()
    plan = replay.plan(message_ids=[sent[1]], mode="current_release", by=world.cast.olga, reason="The code was added.")
    names = {"message_id": sent[1], "plan_id": plan.id, "delivery_id": Delivery.objects.get(state="dead").id}
    keys = {"elements": "lot", "systems": "lims", "entities": "result", "mappings": "lims-result"}
    keys |= {"connections": "qms-rest", "interfaces": "IF-001"}
    (tmp_path / "schemathesis.toml").write_text(_told(names, keys))
    return SimpleNamespace(address=live_server.url, folder=tmp_path)


def run(hub: SimpleNamespace, *more: str) -> subprocess.CompletedProcess:
    """One run; what it found is in ``stdout``."""
    return subprocess.run(
        [str(TOOL), "run", f"{hub.address}/api/schema/", *OPTIONS, "--checks", ",".join(CHECKS), *more],
        cwd=hub.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def as_system(token: str) -> tuple[str, ...]:
    return ("-H", f"Authorization: Bearer {token}")


def as_person(hub: SimpleNamespace, person) -> tuple[str, ...]:
    cookie, token = session_of(person), "a" * 32
    cookies = f"Cookie: {cookie['name']}={cookie['value']}; {settings.CSRF_COOKIE_NAME}={token}"
    return ("-H", cookies, "-H", f"X-CSRFToken: {token}", "-H", f"Referer: {hub.address}/")


def test_a_system_is_answered_as_documented(hub, operator):
    done = run(hub, *as_system(operator), *READS)
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-500:]


def test_a_person_is_answered_as_documented(hub, engineer):
    done = run(hub, *as_person(hub, engineer), *WRITES)
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-500:]


def _unread(known, given, user):
    """A reader that lets every filter pass."""
    return {one.name: one.absent() for one in known}


@pytest.mark.parametrize(
    ("broken", "wrong", "found"),
    [
        ("governance.api.protocol.view.read_query", _unread, "Schema-violating request accepted"),
        ("hub.api.interfaces.asdict", lambda row: {"path": 5}, "Response violates schema"),
        ("hub.api.interfaces.visible_interfaces", lambda user: None, "Server error"),
    ],
)
def test_an_answer_that_is_not_documented_is_found(hub, operator, monkeypatch, broken, wrong, found):
    """The check itself is checked: each of these is a fault that must not pass."""
    monkeypatch.setattr(broken, wrong)
    done = run(hub, *as_system(operator), "--include-path", "/api/v1/drift")
    assert (done.returncode, found in done.stdout) == (1, True), done.stdout[-3000:]


def _told(names: dict, keys: dict) -> str:
    """The tool's configuration: the ids and keys of this world."""
    refusals = ", ".join(f'"{status}"' for status in REFUSALS)
    lines = ["[checks.negative_data_rejection]", f"expected-statuses = [{refusals}]"]
    lines += ["[parameters]", *(f'"path.{name}" = "{value}"' for name, value in names.items())]
    for many, key in keys.items():
        lines += [
            "[[operations]]",
            f'include-path-regex = "^/api/v1/{many}/"',
            f'parameters = {{ "path.key" = "{key}" }}',
        ]
    return "\n".join(lines) + "\n"
