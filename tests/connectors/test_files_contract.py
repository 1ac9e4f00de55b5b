"""The contract of a connector, over a folder of this machine and over SFTP."""

from __future__ import annotations

import pytest

from connectors.conformance import ConnectorContract
from connectors.contrib.files import Files
from connectors.records import Record
from tests.connectors.fixtures.files.sshd import started

LOTS = {"folder": "in", "format": "csv", "identity": ["lot"], "page_size": 2, "settle": 0}


def declared(base) -> dict:
    return {"folder": str(base), "streams": {"lots": LOTS}, "sinks": {"orders": {"folder": "out"}}}


class FilesContract(ConnectorContract):
    """Three files of five lots each to read, and a folder to write into."""

    connector = Files

    @pytest.fixture(autouse=True)
    def _folders(self, tmp_path):
        self.base = tmp_path / "plant"
        for name in ("in", "out"):
            (self.base / name).mkdir(parents=True)
        for file in range(3):
            lines = "".join(f"L-{file}{line},7.10\n" for line in range(5))
            (self.base / "in" / f"lots_{file}.csv").write_text(f"lot,ph\n{lines}")

    @pytest.fixture
    def settings(self):
        return declared(self.base)

    def record(self, sink):
        return Record(("L-1",), {"lot": "L-1", "note": "two\nlines"})

    def objects(self, sink):
        return len(list((self.base / "out").iterdir()))


@pytest.mark.req("B5")
class TestFolder(FilesContract):
    remote = secured = False


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = started(tmp_path_factory.mktemp("sshd"), lossy=True)
    yield running
    running.close()


@pytest.mark.req("B5")
@pytest.mark.services
class TestSftp(FilesContract):
    @pytest.fixture(autouse=True)
    def _server(self, server):
        self.server = server
        yield
        server.losing.unlink(missing_ok=True)

    @pytest.fixture
    def settings(self):
        where = {"place": "sftp", "host": "127.0.0.1", "port": self.server.port, "host_key": self.server.host_key}
        return {**where, **declared(self.base), "timeout": 5}

    @pytest.fixture
    def credentials(self):
        return Files.Credentials(user=self.server.user, private_key=self.server.private_key)

    @pytest.fixture
    def bad_credentials(self):
        return Files.Credentials(user=self.server.user, password="hunter2-secret")

    @pytest.fixture
    def unreachable(self, settings, closed_url):
        return {**settings, "port": int(closed_url.rpartition(":")[2])}

    def lose_answer(self):
        self.server.losing.touch()
