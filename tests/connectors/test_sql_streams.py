"""Reading tables of the three databases: nothing lost at a border, no float, no guess about time."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.contrib.sql import SqlDatabase
from connectors.errors import Misconfigured
from connectors.records import BrokenRecord, Checkpoint, Record
from tests.connectors.fixtures.sql.databases import ENGINES, opened

pytestmark = pytest.mark.req("B5")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def database(request, tmp_path):
    found = opened(request.param, tmp_path)
    yield found
    found.close()


@pytest.fixture
def lots(database):
    """Fifty lots; forty of them were released in the same second."""
    database.table("il_lots", "id integer PRIMARY KEY, lot varchar(20), changed {moment}")
    for number in range(50):
        changed = NOON + timedelta(seconds=max(0, number - 39))
        add(database, number, changed)
    return database


def add(database, number, changed):
    text = changed.strftime("%Y-%m-%d %H:%M:%S")
    value = text + "+00" if database.engine == "postgresql" else text
    database.run("INSERT INTO il_lots VALUES (?, ?, ?)", number, f"L-{number}", value)


def followed(**more):
    return {"table": "il_lots", "identity": ["id"], "cursor": "changed", "page_size": 7} | more


def kept(checkpoint):
    """A checkpoint as the hub gives it back: through JSON."""
    return Checkpoint(json.loads(json.dumps(checkpoint.cursor)))


def identities(pages):
    return [int(record.identity[0]) for page in pages for record in page.records]


def read(database, since=None, **source):
    with database.connector(streams={"s": source}) as connector:
        return list(connector.stream("s").read(since))


def test_rows_that_share_a_second_are_not_lost_at_a_page_border(lots):
    pages = read(lots, **followed())
    assert identities(pages) == list(range(50))
    assert {len(page.records) for page in pages} == {7, 1}


def test_it_goes_on_from_any_checkpoint_and_loses_nothing(lots):
    pages = read(lots, **followed())
    for number, page in enumerate(pages[:-1]):
        rest = read(lots, kept(page.checkpoint), **followed())
        assert identities(rest) == identities(pages[number + 1 :])


def test_the_next_run_begins_before_the_end_of_the_last(lots):
    last = kept(read(lots, **followed())[-1].checkpoint)
    again = identities(read(lots, last, **followed(overlap=3)))
    assert again == [46, 47, 48, 49]
    add(lots, 50, NOON + timedelta(seconds=8))  # late: its transaction was open while we read past it
    assert 50 in identities(read(lots, last, **followed(overlap=3)))


def test_a_row_that_becomes_visible_late_during_a_long_run_is_caught_by_the_next(lots):
    with lots.connector(streams={"s": followed()}) as connector:
        run = connector.stream("s").read(None)
        first = next(run)
        add(lots, -1, NOON)  # behind the page just read
        add(lots, 51, NOON + timedelta(seconds=100))  # the source moves on while we read
        rest = list(run)
    assert {-1, 51}.isdisjoint(identities([first, *rest]))
    following = identities(read(lots, kept(rest[-1].checkpoint), **followed(overlap=60)))
    assert {-1, 51} <= set(following)


def test_an_integer_cursor_overlaps_by_numbers(lots):
    last = kept(read(lots, **followed(cursor="id"))[-1].checkpoint)
    assert identities(read(lots, last, **followed(cursor="id", overlap=2))) == [47, 48, 49]


def test_a_table_without_a_cursor_is_read_from_end_to_end_each_time(lots):
    source = {"table": "il_lots", "identity": ["id"], "page_size": 20}
    pages = read(lots, **source)
    assert identities(pages) == list(range(50))
    assert identities(read(lots, kept(pages[0].checkpoint), **source)) == list(range(20, 50))
    assert identities(read(lots, kept(pages[-1].checkpoint), **source)) == list(range(50))


def test_a_query_with_percent_signs_and_renamed_columns_is_a_stream(lots):
    query = "SELECT id, lot FROM il_lots WHERE lot LIKE 'L-1%' AND id % 2 = 1;"
    pages = read(lots, query=query, identity=["id"], columns=["lot"], rename={"lot": "lot_number"})
    assert pages[0].records[0].data == {"lot_number": "L-1"}
    assert identities(pages) == [1, 11, 13, 15, 17, 19]


def test_a_row_without_a_cursor_stops_the_stream_with_a_reason(lots):
    lots.run("INSERT INTO il_lots VALUES (99, 'L-99', NULL)")
    with pytest.raises(Misconfigured, match=r"'s' has a row with NULL in one of changed, id"):
        read(lots, **followed())
    with lots.connector(streams={"s": followed()}) as connector:
        assert "NULL" in connector.check().message


def test_a_fallback_column_is_read_where_the_cursor_is_empty(lots):
    lots.run("ALTER TABLE il_lots ADD COLUMN created {moment}")
    lots.run("UPDATE il_lots SET created = changed, changed = NULL WHERE id < 5")
    pages = read(lots, **followed(cursor_fallback="created"))
    assert identities(pages) == list(range(50))
    assert identities(read(lots, kept(pages[0].checkpoint), **followed(cursor_fallback="created")))[0] == 7


def test_an_identity_that_is_not_unique_is_refused(database):
    database.table("il_twins", "code varchar(9), n integer")
    database.run("INSERT INTO il_twins VALUES ('A', 1)")
    database.run("INSERT INTO il_twins VALUES ('A', 2)")
    with pytest.raises(Misconfigured, match="two rows with code A"):
        read(database, table="il_twins", identity=["code"], page_size=1)


def test_values_are_exact_and_times_have_an_offset(database):
    database.table(
        "il_kinds",
        "id integer PRIMARY KEY, mass decimal(30,12), ph {real}, made {moment}, shift {clock},"
        " day date, raw {blob}, note text",
    )
    moment, raw = "2026-07-01 10:00:00" + "+00" * (database.engine == "postgresql"), b"\x00\xff"
    mass = "123456789012345678.123456789012"
    database.run(
        "INSERT INTO il_kinds VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        mass, 7.1, moment, "2026-07-01 12:00:00", "2026-07-01", raw, None,
    )  # fmt: skip
    with database.connector(
        zone="Europe/Zurich", streams={"s": {"table": "il_kinds", "identity": ["id"]}}
    ) as connector:
        data = next(connector.stream("s").read(None)).records[0].data
    assert (data["ph"], data["raw"], data["day"], data["note"]) == (
        Decimal("7.1"),
        "AP8=",
        "2026-07-01",
        None,
    )
    assert not any(isinstance(value, float) for value in data.values())
    if database.engine != "sqlite":  # which has neither decimals nor times: what it keeps is what it gives
        assert data["mass"] == Decimal(mass)
        assert (data["made"], data["shift"]) == ("2026-07-01T10:00:00+00:00", "2026-07-01T12:00:00+02:00")


@pytest.mark.services
def test_json_that_is_nested_too_deeply_costs_only_its_row(tmp_path):
    """Of the three only PostgreSQL has JSON that its driver reads."""
    database = opened("postgresql", tmp_path)
    database.table("il_deep", "id integer PRIMARY KEY, held json")
    for number, levels in enumerate((99, 100, 101, 700, 4_000), 1):
        database.run("INSERT INTO il_deep VALUES (?, ?)", number, "[" * levels + "]" * levels)
    pages = read(database, table="il_deep", identity=["id"])
    database.close()
    found = [record for page in pages for record in page.records]
    assert [type(one) for one in found] == [Record, Record, BrokenRecord, BrokenRecord, BrokenRecord]
    assert found[4].reason == "The column 'held' of the row with id 5 in 's' is nested deeper than 100 levels."
    assert found[4].identity == ("5",)
    assert json.loads(found[4].raw) == {"id": 5, "held": "[" * 4_000 + "]" * 4_000}


def test_a_time_without_a_zone_is_not_guessed(database):
    if database.engine == "sqlite":
        database.table("il_kinds", "id integer PRIMARY KEY, shift text")
        database.run("INSERT INTO il_kinds VALUES (1, '2026-07-01 12:00:00')")
        assert read(database, table="il_kinds", identity=["id"])[0].records[0].changed_at is None
        return
    database.table("il_kinds", "id integer PRIMARY KEY, shift {clock}")
    database.run("INSERT INTO il_kinds VALUES (1, '2026-07-01 12:00:00')")
    with pytest.raises(Misconfigured, match="'zone' must say whose time it is"):
        read(database, table="il_kinds", identity=["id"])


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"table": "il_nowhere", "identity": ["id"]}, "il_nowhere"),
        ({"table": "il_lots", "identity": ["no_such"]}, "no_such"),
        ({"table": "il_lots", "identity": ["id"], "rename": {"no_such": "x"}}, "no_such"),
        ({"table": 'il_lots" --', "identity": ["id"]}, "cannot be a table or a column"),
        ({"query": "DELETE FROM il_lots", "identity": ["id"]}, "refused"),
    ],
)
def test_a_wrong_declaration_halts_with_its_name(lots, source, said):
    with pytest.raises(Misconfigured, match=said):
        read(lots, **source)
    assert said in lots.connector(streams={"s": source}).check().message
    assert lots.run("SELECT count(*) FROM il_lots")[0][0] == 50


def test_the_connection_test_says_who_we_are(lots):
    health = lots.connector(streams={"s": followed()}).check()
    assert health.ok, health.message
    assert (lots.credentials["user"] or "plant.sqlite3") in health.message


def test_what_the_settings_declare_is_what_it_offers(lots):
    connector = lots.connector(streams={"s": followed()})
    assert {str(capability) for capability in connector.offers()} == {"read", "read_incremental"}
    assert "write_idempotent" in {str(capability) for capability in SqlDatabase.capabilities()}
