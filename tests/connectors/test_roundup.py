"""Roundup: recorded answers for what is pure, the real tracker for the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.answer import Answer
from connectors.conformance import HERE, ConnectorContract
from connectors.contrib.roundup import Roundup
from connectors.contrib.roundup.streams import IssueStream
from connectors.errors import Conflict, Misconfigured, OutcomeUnknown, RecordRejected, Unreachable
from connectors.records import Checkpoint, Record
from tests.connectors.landscape import Landscape, running

FIXTURES = Path(__file__).parent / "fixtures" / "roundup"


def recorded(name: str, status: int = 200) -> Answer:
    body = (FIXTURES / f"{name}.json").read_bytes()
    return Answer(status, {}, body, "POST", "http://tracker/rest/data/issue", writing=True)


def roundup() -> Roundup:
    return Roundup(Roundup.Settings(url="http://tracker/quality"))


# --- errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "expected", "words"),
    [
        ("priority", 400, RecordRejected, "'nosuch' is not a priority"),
        ("field", 400, Misconfigured, "no field 'nosuch'"),
        ("duplicate", 409, Conflict, "409"),
        ("header", 400, Misconfigured, "must name the same address"),
        ("referer", 400, Misconfigured, "must name the same address"),
    ],
)
def test_every_recorded_error_has_its_class(name: str, status: int, expected: type, words: str) -> None:
    error = roundup().error_for(recorded(f"error_{name}", status))
    assert type(error) is expected
    assert words in error.message


def test_a_refusal_names_the_field() -> None:
    error = roundup().error_for(recorded("error_priority", 400))
    assert error.field_errors == {"priority": "'nosuch' is not a priority."}


def test_an_answer_of_a_proxy_keeps_the_class_of_its_status() -> None:
    error = roundup().error_for(Answer(400, {}, b"<html>", "GET", "http://tracker/rest/data/issue"))
    assert type(error) is RecordRejected


# --- records -------------------------------------------------------------------------------------------


def test_an_issue_is_read_with_names_and_a_link() -> None:
    row = json.loads(recorded("issues").body)["data"]["collection"][0]
    record = IssueStream(roundup())._record(row)
    assert record.identity == (row["id"],)
    assert record.changed_at.utcoffset().total_seconds() == 0
    assert record.data["url"] == f"http://tracker/quality/issue{row['id']}"
    assert (record.data["priority"], record.data["assigned_to"]) == ("critical", "dana")
    assert record.data["lot"] == "2001-26001"


class Stub:
    """A list of issues that the tracker sorts by activity, asked for in pages."""

    def __init__(self, rows: list[dict]) -> None:
        self.rows = rows

    def read(self, path: str, *, params: dict) -> Any:
        after, size = params["activity"].rstrip(";"), int(params["@page_size"])
        found = sorted((r for r in self.rows if r["activity"] >= after), key=lambda r: (r["activity"], int(r["id"])))
        start = (params["@page_index"] - 1) * size
        body = json.dumps({"data": {"collection": found[start : start + size]}}).encode()
        return Answer(200, {}, body, "GET", "http://tracker")


def issue(number: int, second: int) -> dict:
    moment = f"2026-03-01.10:00:{second:02d}"
    return {"id": str(number), "activity": moment, "creation": moment}


def test_more_issues_in_one_second_than_fit_a_page_are_all_read_once() -> None:
    tracker = Roundup(Roundup.Settings(url="http://tracker", page_size=3))
    tracker.http = Stub([issue(number, 1) for number in range(1, 12)] + [issue(12, 2)])
    read = [record.identity[0] for page in tracker.stream("issues").read(None) for record in page.records]
    assert read == [str(number) for number in range(1, 13)]


def test_an_issue_that_moves_while_it_is_read_hides_no_other() -> None:
    tracker = Roundup(Roundup.Settings(url="http://tracker", page_size=2))
    stub = tracker.http = Stub([issue(number, number) for number in range(1, 7)])
    pages = tracker.stream("issues").read(None)
    read = [record.identity[0] for record in next(pages).records]
    stub.rows[0] = issue(1, 30)
    read += [record.identity[0] for page in pages for record in page.records]
    assert read == ["1", "2", "3", "4", "5", "6", "1"]


def test_a_checkpoint_is_read_from_a_little_earlier() -> None:
    tracker = Roundup(Roundup.Settings(url="http://tracker", overlap_seconds=2))
    tracker.http = Stub([issue(number, number) for number in range(1, 7)])
    (page,) = tracker.stream("issues").read(Checkpoint("2026-03-01.10:00:05"))
    assert [record.identity[0] for record in page.records] == ["3", "4", "5", "6"]


# --- the real tracker ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def landscape() -> Iterator[Landscape]:
    with running() as found, connected(found) as tracker:
        in_two_seconds(tracker)
        yield found


def in_two_seconds(tracker: Roundup) -> None:
    """Issues until the tracker's clock, which knows whole seconds, has moved on."""
    number, seconds = 0, set()
    while len(seconds) < 2:
        number += 1
        record = Record((str(number),), {"title": f"Issue {number}"})
        tracker.sink("issues").write(record, idempotency_key=f"before-{number}")
        pages = tracker.stream("issues").read(None)
        seconds = {record.changed_at for page in pages for record in page.records}


def connected(landscape: Landscape, **settings: Any) -> Roundup:
    loaded = Roundup.Settings(**{**settings_of(landscape), **settings})
    return Roundup(loaded, credentials_of(landscape), network=HERE)


def settings_of(landscape: Landscape) -> dict[str, Any]:
    return {"url": landscape.state["roundup"]["url"], "overlap_seconds": 0}


def credentials_of(landscape: Landscape) -> Any:
    system = landscape.state["roundup"]
    return Roundup.Credentials(system["username"], Path(system["password_file"]).read_text().strip())


@pytest.fixture
def tracker(landscape: Landscape) -> Iterator[Roundup]:
    with connected(landscape) as client:
        yield client
    landscape.roundup.orders.drop(0)


@pytest.mark.services
class TestRoundup(ConnectorContract):
    connector = Roundup

    @pytest.fixture(autouse=True)
    def _landscape(self, request: pytest.FixtureRequest, landscape: Landscape) -> Iterator[None]:
        """Each test has an issue of its own to update."""
        self.landscape, title = landscape, Record(("1",), {"title": f"For {request.node.name}"})
        with connected(landscape) as tracker:
            opened = tracker.sink("issues").write(title, idempotency_key=f"for {request.node.name}")
        self.issue = opened.external_id
        yield
        landscape.roundup.orders.drop(0)
        landscape.roundup.orders.status = 0

    @pytest.fixture
    def settings(self, landscape: Landscape) -> dict[str, Any]:
        return {**settings_of(landscape), "page_size": 4}

    @pytest.fixture
    def credentials(self, landscape: Landscape) -> Any:
        return credentials_of(landscape)

    @pytest.fixture
    def bad_credentials(self) -> Any:
        return Roundup.Credentials("somebody-else", "a-password-nobody-has")

    @pytest.fixture
    def unreachable(self, closed_url: str) -> dict[str, Any]:
        return {"url": closed_url}

    def record(self, sink: str) -> Record:
        if sink == "issues":
            return Record(("1",), {"title": "Lot 2001-26001 failed", "lot": "2001-26001"})
        return Record(("1",), {"issue": self.issue, "quarantine_reference": "IS-00001"})

    def objects(self, sink: str) -> int:
        issues = self.landscape.stands()["issues"]
        return len([issue for issue in issues if sink == "issues" or issue["quarantine_reference"]])

    def answer_with(self, status: int) -> None:
        self.landscape.roundup.orders.status = status

    def lose_answer(self) -> None:
        self.landscape.roundup.orders.drop(1)


@pytest.mark.services
def test_an_answer_lost_after_the_write_leaves_one_issue(landscape: Landscape, tracker: Roundup) -> None:
    sink, record = tracker.sink("issues"), Record(("1",), {"title": "Lost answer"})
    landscape.roundup.orders.drop(1)
    with pytest.raises(OutcomeUnknown):
        sink.write(record, idempotency_key="lost-answer")
    standing = sink.find(record, idempotency_key="lost-answer")
    assert standing == sink.write(record, idempotency_key="lost-answer")
    found = [issue for issue in landscape.stands()["issues"] if issue["interlock_key"] == "lost-answer"]
    assert [f"issue{issue['id']}" for issue in found] == [standing.external_id]


@pytest.mark.services
def test_a_key_that_is_part_of_another_is_not_found(tracker: Roundup) -> None:
    sink, record = tracker.sink("issues"), Record(("1",), {"title": "Whole key"})
    sink.write(record, idempotency_key="whole-key-12")
    assert sink.find(record, idempotency_key="whole-key-1") is None


@pytest.mark.services
def test_an_issue_shows_what_the_hub_wrote(landscape: Landscape, tracker: Roundup) -> None:
    data = {
        "title": "Lot 2001-26001: Assay is 101.6 %",
        "description": "Assay is 101.6 %, outside 98.5 to 101.0 %",
        "priority": "critical",
        "assigned_to": "dana",
        "lot": "2001-26001",
        "original_id": "QA-00001",
        "mapping_revision": "nonconformance 1.0.0",
        "source_url": "http://erp/alert/1",
    }
    receipt = tracker.sink("issues").write(Record(("1",), data), idempotency_key="shows")
    (shown,) = [i for i in landscape.stands()["issues"] if i["interlock_key"] == "shows"]
    assert receipt.external_id == f"issue{shown['id']}"
    assert shown["interlock_original_id"] == "QA-00001"
    assert shown["interlock_mapping_revision"] == "nonconformance 1.0.0"
    read = {r.data["issue"]: r.data for page in tracker.stream("issues").read(None) for r in page.records}
    assert read[receipt.external_id]["assigned_to"] == "dana"


@pytest.mark.services
def test_a_version_that_moved_on_is_a_conflict(landscape: Landscape, tracker: Roundup) -> None:
    opened = tracker.sink("issues").write(Record(("1",), {"title": "Versions"}), idempotency_key="versions")
    stale = {"issue": opened.external_id, "lot": "L-1", "version": '"0123456789abcdef"'}
    with pytest.raises(Conflict):
        tracker.sink("issue_updates").write(Record(("1",), stale), idempotency_key="stale")


@pytest.mark.services
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"lot": "L-1"}, "must look like issue12"),
        ({"issue": "issue1"}, "nothing to change on issue1"),
        ({"issue": "issue99999", "lot": "L-1"}, "does not exist"),
    ],
)
def test_an_update_that_cannot_be_made_is_refused_with_a_sentence(data: dict, sentence: str, tracker: Roundup) -> None:
    with pytest.raises(RecordRejected, match=sentence):
        tracker.sink("issue_updates").write(Record(("1",), data), idempotency_key="refused")


@pytest.mark.services
def test_an_issue_without_a_title_is_refused(tracker: Roundup) -> None:
    with pytest.raises(RecordRejected, match="'title' is empty"):
        tracker.sink("issues").write(Record(("1",), {"lot": "L-1"}), idempotency_key="untitled")


@pytest.mark.services
def test_a_tracker_that_is_stopped_is_unreachable_and_comes_back(landscape: Landscape, tracker: Roundup) -> None:
    landscape.run("stop", "--only", "roundup")
    try:
        with pytest.raises(Unreachable):
            list(tracker.stream("issues").read(None))
    finally:
        landscape.run("start", "--only", "roundup")
    assert tracker.check().ok
