"""Writing tables of the three databases, and what each refusal means."""

import socket
from decimal import Decimal

import pytest

from connectors.base import Guarantee
from connectors.contrib.sql import SqlDatabase
from connectors.errors import AccessDenied, Misconfigured, OutcomeUnknown, RecordRejected, Unreachable
from connectors.records import Record
from tests.connectors.fixtures.sql.databases import ENGINES, SERVERS, CommitEater, opened

pytestmark = pytest.mark.req("B5")


@pytest.fixture(params=ENGINES)
def database(request, tmp_path):
    yield from prepared(request.param, tmp_path)


@pytest.fixture(params=SERVERS)
def server(request, tmp_path):
    yield from prepared(request.param, tmp_path)


def prepared(engine, folder):
    found = opened(engine, folder)
    found.table(
        "il_capas",
        "number varchar(12) PRIMARY KEY, title varchar(30) NOT NULL, cost decimal(12,4),"
        " hub_key varchar(40) UNIQUE, due {clock}, CONSTRAINT cost_is_positive CHECK (cost >= 0)",
    )
    yield found
    found.close()


UPSERT = {"table": "il_capas", "keys": ["number"]}
INSERT = {"table": "il_capas", "mode": "insert", "key_column": "hub_key"}


def write(database, data, target=UPSERT, key="k-1", **declared):
    with database.connector(sinks={"s": target}, **declared) as connector:
        return connector.sink("s").write(Record((), data), idempotency_key=key)


def find(database, data, target, key="k-1"):
    with database.connector(sinks={"s": target}) as connector:
        return connector.sink("s").find(Record((), data), idempotency_key=key)


def capa(**more):
    return {"number": "C-1", "title": "Seal leaks"} | more


def test_writing_twice_is_writing_once(database):
    receipts = [write(database, capa(cost=Decimal("1.2500"))) for _ in range(2)]
    assert [receipt.external_id for receipt in receipts] == ["C-1", "C-1"]
    write(database, capa(title="Seal changed"))
    rows = database.run("SELECT number, title, cost FROM il_capas")
    assert [(number, title, Decimal(str(cost))) for number, title, cost in rows] == [
        ("C-1", "Seal changed", Decimal("1.25"))
    ]
    assert find(database, capa(), UPSERT).external_id == "C-1"
    assert find(database, capa(number="C-2"), UPSERT) is None


def test_fields_are_chosen_and_renamed(database):
    target = UPSERT | {"fields": ["capa", "text"], "rename": {"capa": "number", "text": "title"}}
    write(database, {"capa": "C-7", "text": "Drift", "internal": "not for them"}, target)
    assert database.run("SELECT number, title FROM il_capas") == type(database.run("SELECT 1"))([("C-7", "Drift")])


def test_an_insert_can_be_asked_by_its_key(database):
    assert find(database, capa(), INSERT) is None
    write(database, capa(), INSERT)
    assert find(database, capa(), INSERT).external_id == "k-1"
    with pytest.raises(RecordRejected) as caught:
        write(database, capa(number="C-2"), INSERT)
    assert "hub_key" in caught.value.message
    connector = database.connector(sinks={"u": UPSERT, "i": INSERT})
    assert [sink.guarantee() for sink in connector.offered_sinks()] == [Guarantee.NATIVE, Guarantee.PROBE]


def test_an_upsert_never_overwrites_a_row_of_another_key(database):
    target = UPSERT | {"key_column": "hub_key"}
    write(database, capa(), target, key="k-1")
    with pytest.raises(RecordRejected):
        write(database, capa(number="C-2", title="Intruder"), target, key="k-1")
    assert [tuple(row) for row in database.run("SELECT number, title FROM il_capas")] == [("C-1", "Seal leaks")]


def test_an_upsert_without_a_unique_index_is_refused(database):
    with pytest.raises(Misconfigured):
        write(database, capa(), UPSERT | {"keys": ["title"]})
    assert not database.run("SELECT 1 FROM il_capas")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (capa(title=None), "title"),
        (capa(number=None), "number"),
        (capa(title=["a"]), "title"),
        (capa(title="\ud800"), "title"),
    ],
)
def test_a_refused_record_names_its_field(database, data, field):
    with pytest.raises(RecordRejected) as caught:
        write(database, data)
    assert field in caught.value.field_errors
    assert not database.run("SELECT 1 FROM il_capas")


def test_a_value_that_does_not_fit_is_refused_and_never_cut_short(server):
    with pytest.raises(RecordRejected) as caught:
        write(server, capa(cost="much"))
    assert "cost" in caught.value.field_errors
    with pytest.raises(RecordRejected, match="too long"):
        write(server, capa(title="x" * 31))
    assert not server.run("SELECT 1 FROM il_capas")


def test_a_check_of_theirs_refuses_the_record(database):
    with pytest.raises(RecordRejected, match="cost_is_positive"):
        write(database, capa(cost=Decimal("-1")))


def test_times_arrive_on_the_clock_of_the_column(database):
    write(database, capa(due="2026-07-01T10:00:00Z"), zone="Europe/Zurich")
    expected = "2026-07-01T10:00:00Z" if database.engine == "sqlite" else "2026-07-01 12:00:00"
    assert str(database.run("SELECT due FROM il_capas")[0][0]) == expected
    if database.engine != "sqlite":
        with pytest.raises(RecordRejected, match="without a zone"):
            write(database, capa(due="2026-07-01T10:00:00"), zone="Europe/Zurich")
        with pytest.raises(Misconfigured, match="whose time it is"):
            write(database, capa(due="2026-07-01T10:00:00Z"))


def test_a_missing_table_or_column_halts(database):
    with pytest.raises(Misconfigured, match="il_nowhere"):
        write(database, capa(), UPSERT | {"table": "il_nowhere"})
    with pytest.raises(Misconfigured, match="colour"):
        write(database, capa(colour="red"))
    health = database.connector(sinks={"s": UPSERT | {"key_column": "absent"}}).check()
    assert (health.ok, "absent" in health.message) == (False, True)


def test_a_lock_of_another_application_is_a_reason_to_try_again(database):
    write(database, capa())
    database.run("BEGIN IMMEDIATE" if database.engine == "sqlite" else "BEGIN")
    database.run("UPDATE il_capas SET title = 'theirs'")
    with pytest.raises(Unreachable):
        write(database, capa(), timeout=1)
    database.run("COMMIT")
    assert database.run("SELECT title FROM il_capas")[0][0] == "theirs"


def test_one_refusal_does_not_spoil_the_next_record(database):
    with database.connector(sinks={"s": UPSERT}) as connector:
        items = [(Record((), capa(title=None)), "a"), (Record((), capa()), "b")]
        outcomes = list(connector.sink("s").write_many(items))
    assert isinstance(outcomes[0], RecordRejected)
    assert outcomes[1].external_id == "C-1"


def test_a_connection_lost_during_the_commit_is_of_unknown_outcome(server):
    host, port = server.settings["host"], server.settings["port"]
    eater = CommitEater(host, port)
    try:
        connector = server.connector(sinks={"s": INSERT}, port=eater.port)
        connector.open()
        sink = connector.sink("s")
        sink.clocks()  # a reading transaction, which commits as well
        eater.hungry = True
        with pytest.raises(OutcomeUnknown, match="was lost while it confirmed"):
            sink.write(Record((), capa()), idempotency_key="k-1")
        connector.close()
    finally:
        eater.close()
    assert find(server, capa(), INSERT).external_id == "k-1"


def test_a_closed_port_is_unreachable(server, unused_port):
    with pytest.raises(Unreachable):
        server.connector(port=unused_port).open()
    assert not server.connector(port=unused_port).check().ok


def test_a_refused_account_is_access_denied(server):
    nobody = server.connector(credentials={"user": "il_nobody", "password": "hunter2-secret"})
    with pytest.raises(AccessDenied) as caught:
        nobody.open()
    assert "hunter2" not in repr(caught.value) + repr(nobody.credentials) + caught.value.detail


def test_a_database_that_does_not_exist_halts(server):
    with pytest.raises(Misconfigured):
        server.connector(database="il_nowhere").open()


def test_an_address_that_the_policy_does_not_list_is_refused(server):
    connector = server.connector()
    strict = SqlDatabase(connector.settings, connector.credentials)
    with pytest.raises(Misconfigured, match="loopback"):
        strict.open()


def test_a_missing_file_is_not_made_by_a_typing_error(tmp_path):
    database = opened("sqlite", tmp_path)
    with pytest.raises(Misconfigured, match="not an existing file"):
        database.connector(database=str(tmp_path / "typo.sqlite3")).open()
    assert not (tmp_path / "typo.sqlite3").exists()
    database.close()


@pytest.fixture
def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
