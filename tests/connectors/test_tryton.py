"""Tryton: recorded answers for what is pure, the real server for the rest."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.conformance import HERE, READ_ERRORS, ConnectorContract
from connectors.contrib.roundup import Roundup
from connectors.contrib.tryton import Tryton
from connectors.contrib.tryton.rpc import refusal, typed, untyped
from connectors.contrib.tryton.streams import QualityAlerts
from connectors.errors import (
    AccessDenied,
    Conflict,
    Misconfigured,
    OutcomeUnknown,
    RecordRejected,
    Unreachable,
)
from connectors.records import Record
from tests.connectors.landscape import Landscape, running

FIXTURES = Path(__file__).parent / "fixtures" / "tryton"
WRITES = r'"model\.[a-z.]+\.(create|write|wait|assign_try|do)"'


def recorded(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)


# --- typed JSON ----------------------------------------------------------------------------------------


def test_values_survive_the_way_to_tryton_and_back() -> None:
    values = [Decimal("0.120"), datetime(2026, 3, 1, 12, 0, 0, 7, UTC), date(2026, 3, 1), None, True, "µ"]
    assert untyped(typed({"values": values})) == {"values": values}


def test_a_time_of_another_zone_is_sent_in_utc() -> None:
    moment = datetime.fromisoformat("2026-03-01T12:00:00+02:00")
    assert typed(moment)["hour"] == 10


# --- errors inside 200 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected", "words"),
    [
        ("domain", RecordRejected, "not valid according to its domain"),
        ("readonly", AccessDenied, "modify the field"),
        ("access", AccessDenied, "not allowed to access"),
        ("concurrency", Conflict, "changed by somebody else"),
        ("unique", Unreachable, "must be unique"),
        ("server", Unreachable, "applied nothing"),
    ],
)
def test_every_recorded_error_has_its_class(name: str, expected: type, words: str) -> None:
    error = refusal(recorded(f"error_{name}")["error"])
    assert type(error) is expected
    assert words in error.message


def test_a_warning_for_a_person_rejects_the_record() -> None:
    error = refusal(["UserWarning", ["quantity", "There is not enough stock.", ""]])
    assert type(error) is RecordRejected
    assert "There is not enough stock." in error.message


# --- records -------------------------------------------------------------------------------------------


class Recorded(Tryton):
    """Answers ``search_read`` with what a real server answered once."""

    def rows(self, model: str, *args: Any, **context: Any) -> list[dict]:
        return untyped(recorded(model)["result"])


def recorded_alert() -> dict[str, Any]:
    tryton = Recorded(Tryton.Settings(url="http://erp", database="quality"))
    return QualityAlerts(tryton).data(tryton.rows("quality.alert"))[0]


def test_an_alert_names_lot_product_supplier_and_inspection() -> None:
    alert = recorded_alert()
    named = ("number", "state", "inspection", "control", "lot", "product", "supplier", "supplier_name")
    assert [alert[name] for name in named] == [
        "QA-00001",
        "open",
        "QI-00001",
        "Assay and water",
        "2001-26001",
        "RM-2001",
        "V-1001",
        "Halden Fine Chemicals AS",
    ]


def test_an_alert_tells_what_was_measured_and_what_was_allowed() -> None:
    assay, water = recorded_alert()["measurements"]
    assert assay == {
        "point": "assay",
        "label": "Assay",
        "value": Decimal("101.625"),
        "unit": "%",
        "lower": Decimal("98.5"),
        "upper": Decimal("101.0"),
        "within": False,
    }
    assert water["within"] is True
    assert recorded_alert()["summary"] == "Assay is 101.625 %, outside 98.5 to 101.0 %"


def test_times_say_their_zone() -> None:
    assert recorded_alert()["opened_at"].endswith("+00:00")


# --- the real server -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def landscape() -> Iterator[Landscape]:
    with running() as found:
        found.inspect("2001-26001")
        found.inspect("2001-26002", "--passes")
        found.inspect("2002-26001", "--control", "Old supplier sheet")
        yield found


@pytest.fixture(scope="module")
def lots() -> Iterator[str]:
    """Lots that no other test has touched."""
    return iter([f"2002-26{number:03d}" for number in range(2, 9)] + [f"2001-26{n:03d}" for n in range(3, 9)])


@pytest.fixture
def tryton(landscape: Landscape) -> Iterator[Tryton]:
    with connected(landscape) as client:
        yield client
    landscape.tryton.orders.drop(0)
    landscape.tryton.orders.status = 0


def connected(landscape: Landscape, **settings: Any) -> Tryton:
    loaded = Tryton.Settings(**{**settings_of(landscape), **settings})
    return Tryton(loaded, credentials_of(landscape), network=HERE)


def settings_of(landscape: Landscape) -> dict[str, Any]:
    system = landscape.state["tryton"]
    url = f"http://127.0.0.1:{landscape.tryton.server_port}"
    return {
        "url": url,
        "database": system["database"],
        "record_url": system["record_url"],
        "overlap_seconds": 0,
    }


def credentials_of(landscape: Landscape) -> Any:
    system = landscape.state["tryton"]
    return Tryton.Credentials(system["username"], Path(system["password_file"]).read_text().strip())


def quarantined(landscape: Landscape, key: str) -> list[dict]:
    return [shipment for shipment in landscape.stands()["shipments"] if shipment["interlock_key"] == key]


@pytest.mark.services
class TestTryton(ConnectorContract):
    connector = Tryton
    read_errors = {**READ_ERRORS, 404: Misconfigured}  # no such database
    write_errors = read_errors  # a write begins with a question, and that is what fails here

    @pytest.fixture(autouse=True)
    def _landscape(self, landscape: Landscape, lots: Iterator[str]) -> Iterator[None]:
        self.landscape, self.lots, self.records = landscape, lots, {}
        yield
        landscape.tryton.orders.drop(0)
        landscape.tryton.orders.status = 0

    @pytest.fixture
    def settings(self, landscape: Landscape) -> dict[str, Any]:
        return {**settings_of(landscape), "page_size": 8}

    @pytest.fixture
    def credentials(self, landscape: Landscape) -> Any:
        return credentials_of(landscape)

    @pytest.fixture
    def bad_credentials(self) -> Any:
        return Tryton.Credentials("somebody-else", "a-password-nobody-has")

    @pytest.fixture
    def unreachable(self, settings: dict, closed_url: str) -> dict[str, Any]:
        return {**settings, "url": closed_url}

    def record(self, sink: str) -> Record:
        if sink not in self.records:
            self.records[sink] = Record((sink,), self._quarantine() if sink == "quarantine" else self._alert())
        return self.records[sink]

    def _quarantine(self) -> dict[str, str]:
        return {"lot": next(self.lots), "original_id": "QA-1", "mapping_revision": "nc 1.0.0"}

    def _alert(self) -> dict[str, str]:
        (alert,) = self.landscape.inspect("3001-26001")["alerts"]
        return {"alert": alert["number"], "quarantine_reference": "IS-1", "tracker_reference": "issue1"}

    def objects(self, sink: str) -> int:
        found = self.landscape.stands()
        if sink == "quarantine":
            return len([s for s in found["shipments"] if s["interlock_key"] and s["state"] == "done"])
        return len([alert for alert in found["alerts"] if alert["quarantine_reference"]])

    def answer_with(self, status: int) -> None:
        self.landscape.tryton.orders.status = status

    def lose_answer(self) -> None:
        self.landscape.tryton.orders.drop(1, WRITES)


@pytest.mark.services
@pytest.mark.parametrize("step", ["create", "wait", "assign_try", "do"])
def test_an_answer_lost_at_any_step_leaves_one_shipment(
    step: str, landscape: Landscape, tryton: Tryton, lots: Iterator[str]
) -> None:
    sink, key = tryton.sink("quarantine"), f"lost-{step}"
    record = Record(("1",), {"lot": "3001-26002"} if step == "create" else {"lot": next(lots)})
    landscape.tryton.orders.drop(1, rf"shipment\.internal\.{step}\"")
    with pytest.raises(OutcomeUnknown):
        sink.write(record, idempotency_key=key)
    standing = sink.find(record, idempotency_key=key)
    assert (standing is not None) == (step == "do")
    receipt = standing or sink.write(record, idempotency_key=key)
    (shipment,) = quarantined(landscape, key)
    assert (shipment["number"], shipment["state"]) == (receipt.external_id, "done")
    assert [quantity for _, quantity in shipment["lots"]] == [250.0]


@pytest.mark.services
def test_a_shipment_says_where_it_came_from(landscape: Landscape, tryton: Tryton, lots: Iterator[str]) -> None:
    lot = next(lots)
    data = {"lot": lot, "original_id": "QA-00007", "mapping_revision": "nc 2.1.0", "reference": "QA-00007"}
    receipt = tryton.sink("quarantine").write(Record(("7",), data), idempotency_key="came-from")
    (shipment,) = quarantined(landscape, "came-from")
    assert shipment["interlock_original_id"] == "QA-00007"
    assert shipment["interlock_mapping_revision"] == "nc 2.1.0"
    assert shipment["to_location."]["code"] == "QUA"
    assert receipt.url.endswith(f"/stock.shipment.internal/{shipment['id']}")


@pytest.mark.services
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "The field 'lot' is empty"),
        ({"lot": "no-such-lot"}, "Tryton has no lot 'no-such-lot'"),
        ({"lot": "2001-26001", "product": "RM-2002"}, "of product 'RM-2002'"),
    ],
)
def test_a_record_that_names_no_lot_is_refused_with_a_sentence(data: dict, sentence: str, tryton: Tryton) -> None:
    with pytest.raises(RecordRejected, match=sentence) as caught:
        tryton.sink("quarantine").write(Record(("1",), data), idempotency_key="refused")
    assert set(caught.value.field_errors) == {"lot"}


@pytest.mark.services
def test_a_location_that_is_missing_halts_the_interface(landscape: Landscape) -> None:
    with (
        connected(landscape, quarantine_location="NOWHERE") as tryton,
        pytest.raises(Misconfigured, match="NOWHERE"),
    ):
        tryton.sink("quarantine").write(Record(("1",), {"lot": "2001-26001"}), idempotency_key="nowhere")


@pytest.mark.services
def test_a_session_that_ended_is_renewed_once(tryton: Tryton) -> None:
    assert list(tryton.stream("parties").read(None))
    tryton.http.auth._session = "aW50ZXJsb2NrOjI6ZXhwaXJlZA=="
    assert list(tryton.stream("parties").read(None))


@pytest.mark.services
def test_tryton_stopped_in_the_middle_is_unreachable_and_comes_back(landscape: Landscape, tryton: Tryton) -> None:
    landscape.run("stop", "--only", "tryton")
    try:
        with pytest.raises(Unreachable):
            list(tryton.stream("parties").read(None))
    finally:
        landscape.run("start", "--only", "tryton")
    assert list(tryton.stream("parties").read(None))


@pytest.mark.services
def test_a_reference_written_back_is_no_new_alert(landscape: Landscape, tryton: Tryton) -> None:
    before = alerts(tryton)
    data = {"alert": "QA-00001", "quarantine_reference": "IS-9", "tracker_reference": "issue9"}
    tryton.sink("alert_references").write(Record(("1",), data), idempotency_key="back")
    assert alerts(tryton) == before


def alerts(tryton: Tryton) -> dict[tuple, Any]:
    pages = tryton.stream("quality_alerts").read(None)
    return {record.identity: record.data for page in pages for record in page.records}


@pytest.mark.services
def test_writers_at_the_same_time_leave_one_shipment_each(landscape: Landscape, lots: Iterator[str]) -> None:
    """On SQLite some of them lose the race for a number; whoever loses may try again."""
    wanted = {f"parallel-{lot}": lot for lot in ("3001-26003", "3001-26004", "3001-26005", "3001-26006")}
    threads = [threading.Thread(target=persist, args=(landscape, lot, key)) for key, lot in wanted.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = landscape.stands()["shipments"]
    mine = [s for s in found if str(s["interlock_key"]).startswith("parallel-")]
    assert sorted(s["interlock_key"] for s in mine) == sorted(wanted)
    assert {s["state"] for s in mine} == {"done"}
    assert len({s["number"] for s in found}) == len(found)


def persist(landscape: Landscape, lot: str, key: str) -> None:
    """As the engine would: try again after RETRY, ask after VERIFY."""
    record = Record(("1",), {"lot": lot})
    with connected(landscape) as tryton:
        sink = tryton.sink("quarantine")
        for _ in range(20):
            try:
                sink.write(record, idempotency_key=key)
            except (Unreachable, OutcomeUnknown):
                continue
            return


@pytest.mark.services
def test_a_failed_inspection_goes_all_the_way(landscape: Landscape, tryton: Tryton) -> None:
    """Alert → quarantine → issue → both references on the alert, by the connectors alone."""
    (opened,) = landscape.inspect("2001-26002")["alerts"]
    alert = next(data for data in alerts(tryton).values() if data["number"] == opened["number"])
    origin = {"original_id": alert["number"], "mapping_revision": "nonconformance 1.0.0"}
    moved = tryton.sink("quarantine").write(
        Record((alert["number"],), {"lot": alert["lot"], "product": alert["product"], **origin}),
        idempotency_key="chain-quarantine",
    )
    system = landscape.state["roundup"]
    known_as = Roundup.Credentials(system["username"], Path(system["password_file"]).read_text().strip())
    with Roundup(Roundup.Settings(url=system["url"]), known_as, network=HERE) as roundup:
        title = f"Lot {alert['lot']}: {alert['summary']}"
        task = {"title": title, "lot": alert["lot"], "source_url": alert["url"], **origin}
        issue = roundup.sink("issues").write(Record((alert["number"],), task), idempotency_key="chain-issue")
        shown = {
            "issue": issue.external_id,
            "quarantine_reference": moved.external_id,
            "quarantine_url": moved.url,
        }
        roundup.sink("issue_updates").write(Record((alert["number"],), shown), idempotency_key="chain-update")
    back = {"alert": alert["number"], "quarantine_reference": moved.external_id, **origin}
    back |= {"tracker_reference": issue.external_id, "tracker_url": issue.url}
    tryton.sink("alert_references").write(Record((alert["number"],), back), idempotency_key="chain-back")
    stands = landscape.stands()
    (there,) = [found for found in stands["alerts"] if found["number"] == alert["number"]]
    assert (there["quarantine_reference"], there["tracker_reference"]) == (
        moved.external_id,
        issue.external_id,
    )
    (task,) = [found for found in stands["issues"] if found["interlock_key"] == "chain-issue"]
    assert (task["lot"], task["quarantine_reference"]) == ("2001-26002", moved.external_id)
