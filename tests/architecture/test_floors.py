"""The floors of the house are contracts, and planted breaches of them are caught."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("governance", "dictionary", "connectors", "hub")
LINTER = Path(sys.executable).parent / "lint-imports"

BREACHES = {
    "governance/planted.py": "import hub.flow.preparing.prepare\n",
    "dictionary/planted.py": "import connectors.base\n",
    "connectors/planted.py": "import dictionary.specs\n",
    "dictionary/values/planted.py": "import django\n",
    "connectors/contrib/sql/planted.py": "import connectors.contrib.files.settings\n",
    "connectors/contrib/demo/planted.py": "import django.db\n",
    "hub/flow/planted.py": "import celery\n",
    "hub/selectors/planted.py": "import hub.api.messages\n",
    "hub/services/planted.py": "import guardian\n",
    "connectors/contrib/rest/planted.py": "import requests\n",
    "hub/console/planted.py": "import hub.tasks\n",
    "governance/changes/planted.py": "import governance.console.differences\n",
    "governance/guard/planted.py": "import governance.signing.statement\n",
    "governance/ledger/planted.py": "import governance.signing.jws\n",
    "governance/signing/planted.py": "import governance.changes.kinds\n",
    "governance/api/planted.py": "import governance.console.places\n",
    "governance/planted/__init__.py": "",  # a room of no floor
}


def lint(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(LINTER), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    for house in HOUSES:
        shutil.copytree(ROOT / house, folder / house, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_house_keeps_its_contracts(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("place", BREACHES)
def test_a_planted_breach_is_caught(copy, place):
    planted = copy / place
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(BREACHES[place])
    try:
        done = lint(copy)
    finally:
        planted.unlink()
    assert done.returncode == 1
    assert "planted" in done.stdout
