"""The contract of a connector, over a folder of this machine and over SFTP."""

from __future__ import annotations

import pytest

from connectors.conformance import ConnectorContract
from connectors.contrib.files import Files
from connectors.records import Record

LOTS = {"folder": "in", "format": "csv", "identity": ["lot"], "page_size": 2, "settle": 0}


@pytest.mark.req("B5")
class TestFolder(ConnectorContract):
    connector = Files
    remote = secured = False

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
        return {"folder": str(self.base), "streams": {"lots": LOTS}, "sinks": {"orders": {"folder": "out"}}}

    def record(self, sink):
        return Record(("L-1",), {"lot": "L-1", "note": "two\nlines"})

    def objects(self, sink):
        return len(list((self.base / "out").iterdir()))
