"""The lines of docs/how-to/use-the-api.md, played by bash and curl against the live server."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from hub.reference import pages
from tests.factories.world import release
from tests.functional.conftest import session_of

pytestmark = [pytest.mark.req("M7.6")]

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "use-the-api.md"


def lines() -> list[str]:
    """The indented lines, without those that say where the hub is and who asks, and that make the token."""
    found = re.findall(r"^ {4}(.+)$", HOW_TO.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [line for line in found if not line.startswith((".venv/", "HUB=", "TOKEN=", "INTERFACE=", "AS=", "CSRF="))]


@pytest.fixture
def as_in_the_demonstration(world):
    """The element that the lines name, and its system."""
    starter = yaml.safe_load((ROOT / "dictionary" / "starter" / "elements.yaml").read_text(encoding="utf-8"))
    lot = next(one for one in starter["element"] if one["key"] == "lot_number")
    system = {"key": "erp", "label": "ERP", "category": "erp", "owner": "Purchasing", "level": 4, "gxp": True}
    release(("system", system), ("element", lot))


@pytest.mark.django_db(transaction=True)
def test_every_line_of_the_how_to_answers_what_it_says(world, engineer, as_in_the_demonstration, live_server, settings):
    script = [f"HUB={live_server.url}", f"TOKEN={world.token}", f"INTERFACE={world.interface}", f"CSRF={'a' * 32}"]
    cookie = session_of(engineer)
    script.append(f"AS='{cookie['name']}={cookie['value']}; {settings.CSRF_COOKIE_NAME}={'a' * 32}'")
    wanted = []
    for line in lines():
        command, _, status = line.partition(" # ")
        if status:
            wanted.append((command, status))
            command = command.replace("curl ", "curl -s -o /dev/null -w '%{http_code}\\n' ", 1)
        script.append(command)
    done = subprocess.run(
        ["bash", "-eu", "-c", "\n".join(script)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.split()
    assert [(command, status) for (command, _), status in zip(wanted, answers, strict=True)] == wanted
    assert len(wanted) >= 10


def test_the_reference_is_what_the_code_says():
    """``manage.py reference`` was run after the last change of an operation."""
    written = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    assert written == pages()["api.md"]
