"""A connector that is not ours: packaged, put on the path and found by its entry point."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.base import Capability
from connectors.conformance import ConnectorContract
from connectors.records import Record
from connectors.registry import Registry

PACKAGE = Path(__file__).parent / "thirdparty"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory):
    """A copy of the package on the path, with the metadata that setuptools makes from its pyproject.toml."""
    site = tmp_path_factory.mktemp("site") / "acme"
    shutil.copytree(PACKAGE, site, ignore=shutil.ignore_patterns("__pycache__"))
    setup = [sys.executable, "-c", "import setuptools; setuptools.setup()", "--quiet", "egg_info"]
    done = subprocess.run(setup, cwd=site, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sys.path.insert(0, str(site))
    yield site
    sys.path.remove(str(site))
    sys.modules.pop("acme_lims", None)


@pytest.fixture(scope="module")
def acme(installed: Path):
    registry = Registry()
    registry.load()
    return registry["acme_lims"]


@pytest.mark.req("B6")
def test_it_is_found_by_its_entry_point(acme, installed: Path):
    assert acme.label == "ACME LIMS"
    assert Path(sys.modules[acme.__module__].__file__).is_relative_to(installed)
    assert Capability.WRITE_IDEMPOTENT in acme.capabilities()


@pytest.mark.req("B5")
def test_it_takes_under_sixty_lines():
    lines = sum(len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py"))
    assert lines < 60


@pytest.mark.req("B5")
class TestAcmeLims(ConnectorContract):
    @pytest.fixture(autouse=True)
    def _target(self, acme, target):
        type(self).connector, self.target = acme, target
        for number in range(10):
            target.add(title=f"CAPA {number}")

    @pytest.fixture
    def settings(self):
        return {"base_url": f"{self.target.url}/api"}

    @pytest.fixture
    def credentials(self, acme, api_key):
        return acme.Credentials(api_key)

    @pytest.fixture
    def bad_credentials(self, acme):
        return acme.Credentials("a-wrong-key")

    @pytest.fixture
    def unreachable(self, closed_url):
        return {"base_url": closed_url}

    def record(self, sink):
        return Record(("7",), {"title": "Label torn"})

    def objects(self, sink):
        return len(self.target.capas)

    def answer_with(self, status):
        self.target.status = status

    def lose_answer(self):
        self.target.drop = True
