"""The contract of a connector, over each of the three databases and both kinds of table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.conformance import ConnectorContract
from connectors.contrib.sql import SqlDatabase
from connectors.records import Record
from tests.connectors.fixtures.sql.databases import CommitEater, opened

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CAPA = Record(("C-1",), {"capa_no": "C-1", "title": "Label torn"})
RESULTS = {"table": "il_contract_result", "identity": ["sample"], "cursor": "changed", "overlap": 2, "page_size": 4}
UPSERT = {"table": "il_contract_capa", "keys": ["capa_no"], "key_column": "hub_key"}
INSERT = {**UPSERT, "mode": "insert"}


class SqlContract(ConnectorContract):
    """``engine`` and ``sink`` are what differs."""

    connector = SqlDatabase
    engine, sink = "sqlite", UPSERT

    @pytest.fixture(autouse=True)
    def _tables(self, tmp_path):
        self.database = opened(self.engine, tmp_path)
        self.database.table("il_contract_result", "sample varchar(20) PRIMARY KEY, ph decimal(9,3), changed {moment}")
        self.database.table(
            "il_contract_capa", "capa_no varchar(20) PRIMARY KEY, title varchar(80), hub_key varchar(80)"
        )
        zone = "+00" * (self.engine == "postgresql")
        for number in range(11):
            changed = f"{NOON + timedelta(seconds=number):%Y-%m-%d %H:%M:%S}{zone}"
            self.database.run("INSERT INTO il_contract_result VALUES (?, ?, ?)", f"S-{number:02}", "7.125", changed)
        yield
        self.database.close()

    @pytest.fixture
    def settings(self):
        return {**self.database.settings, "streams": {"results": RESULTS}, "sinks": {"capas": self.sink}}

    @pytest.fixture
    def credentials(self):
        return SqlDatabase.Credentials(**self.database.credentials)

    def record(self, sink):
        return CAPA

    def objects(self, sink):
        return self.database.run("SELECT count(*) FROM il_contract_capa")[0][0]


class ServerContract(SqlContract):
    """A server is asked through a proxy that can lose an answer."""

    @pytest.fixture(autouse=True)
    def _proxy(self, _tables):
        self.proxy = CommitEater(self.database.settings["host"], self.database.settings["port"])
        yield
        self.proxy.close()

    @pytest.fixture
    def settings(self):
        ours = {"streams": {"results": RESULTS}, "sinks": {"capas": self.sink}}
        return {**self.database.settings, "port": self.proxy.port, **ours}

    @pytest.fixture
    def bad_credentials(self):
        return SqlDatabase.Credentials(user="il_nobody", password="hunter2-secret")

    @pytest.fixture
    def unreachable(self, settings, closed_url):
        return {**settings, "port": int(closed_url.rpartition(":")[2])}

    def lose_answer(self):
        self.proxy.hungry = True


@pytest.mark.req("B5")
class TestSqliteUpsert(SqlContract):
    remote = secured = False


@pytest.mark.req("B5")
class TestSqliteInsert(SqlContract):
    remote = secured = False
    sink = INSERT


@pytest.mark.req("B5")
@pytest.mark.services
class TestPostgresqlUpsert(ServerContract):
    engine = "postgresql"


@pytest.mark.req("B5")
@pytest.mark.services
class TestPostgresqlInsert(ServerContract):
    engine, sink = "postgresql", INSERT


@pytest.mark.req("B5")
@pytest.mark.services
class TestMariadbUpsert(ServerContract):
    engine = "mariadb"


@pytest.mark.req("B5")
@pytest.mark.services
class TestMariadbInsert(ServerContract):
    engine, sink = "mariadb", INSERT
