"""Sources as they are: lists without a cursor, unsorted lists, another table, and files that are none of theirs."""

from __future__ import annotations

import json
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from connectors.errors import Misconfigured
from hub.flow import clients
from hub.flow import poll as polling
from hub.models import Checkpoint, Message, StreamState
from tests.factories.world import release
from tests.integration.test_poll import again, database, polled, rows, table  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]

PAGE = 2


class Listing:
    """A REST list, two a page, in the order given; ``asked`` are the queries that came."""

    def __init__(self, numbers: list[int]) -> None:
        self.numbers, self.asked = numbers, []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def page(self, number: int) -> list[dict]:
        shown = self.numbers[(number - 1) * PAGE : number * PAGE]
        return [
            {"sample": f"S-{n}", "lot": "L-1", "verdict": "OK", "changed": f"2026-11-01T00:{n:02}:00Z"} for n in shown
        ]

    def _handler(self):
        listing = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listing.asked.append(self.path)
                number = int(self.path.rpartition("page=")[2] or 1)
                body = json.dumps({"items": listing.page(number)}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args) -> None:
                pass

        return Handler


@pytest.fixture
def listing():
    found = Listing([])
    found.thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    found.thread.join()


def rest(url: str, **stream) -> dict:
    paging = {"kind": "page_number", "param": "page", "size": PAGE}
    streams = [
        {"name": "results", "path": "/r", "records_at": "items", "identity": ["sample"], "paging": paging, **stream}
    ]
    settings = {"base_url": url, "streams": streams}
    return {"key": "lims-rest", "label": "List", "system": "lims", "connector": "rest", "settings": settings}


SORTS = {"cursor": "changed", "ordered": True}
LISTS = {"no cursor": {}, "unsorted": {"cursor": "changed"}, "sorted": SORTS}


def sentence() -> str:
    return StreamState.objects.get().sentence


@pytest.mark.parametrize("kind", LISTS)
def test_a_rest_list_is_read_whatever_it_can_do(world, listing, kind):
    release(("connection", rest(listing.url, **LISTS[kind])), ("interface", polled("IF-012", "lims-rest", "results")))
    assert again() == 0  # there is nothing yet, and that is no fault
    assert sentence() == ""
    listing.numbers = [3, 1, 2, 5, 4] if kind != "sorted" else [1, 2, 3, 4, 5]
    assert again() == 5
    listing.numbers.append(6)
    assert again() == 1
    assert (Message.objects.count(), sentence()) == (6, "")
    assert Checkpoint.objects.exists() == (kind != "no cursor")


def test_a_list_that_is_not_sorted_is_read_to_its_end_however_long_it_takes(world, listing, monkeypatch):
    monkeypatch.setattr(polling, "SECONDS_A_RUN", 0.0)
    listing.numbers = [9, 1, 8, 2, 7, 3]
    release(
        ("connection", rest(listing.url, cursor="changed")), ("interface", polled("IF-012", "lims-rest", "results"))
    )
    assert again() == 6
    listing.asked.clear()


def test_a_sorted_list_is_left_when_the_time_is_up_and_gone_on_with(world, listing, monkeypatch):
    monkeypatch.setattr(polling, "SECONDS_A_RUN", 0.0)
    listing.numbers = [1, 2, 3, 4, 5]
    release(("connection", rest(listing.url, **SORTS)), ("interface", polled("IF-012", "lims-rest", "results")))
    assert again() == PAGE
    assert StreamState.objects.get().lease is None


def test_another_table_is_read_from_its_own_start(world, table):  # noqa: F811
    rows(table, range(1, 9))
    assert again() == 8
    with sqlite3.connect(table) as made:
        made.execute("CREATE TABLE other (number INTEGER PRIMARY KEY, sample TEXT, lot TEXT, verdict TEXT)")
        made.executemany("INSERT INTO other VALUES (?, ?, 'L-9', 'OK')", [(n, f"T-{n}") for n in range(1, 4)])
    made.close()
    source = {"identity": ["sample"], "table": "other", "cursor": "number", "page_size": 3}
    settings = {"engine": "sqlite", "database": str(table), "streams": {"others": source}}
    release(
        ("connection", {**database(table), "settings": settings}),
        ("interface", polled("IF-011", "lims-sql", "others")),
    )
    assert again() == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"settings": {"database": "{home}/hub.sqlite3"}}, "the hub's own"),
        ({"settings": {"database": "{home}/demo/../hub.sqlite3"}}, "the hub's own"),
        ({"credentials": {"password": "env:HUB_SECRET_KEY"}}, "a setting of the hub"),
        ({"credentials": {"password": "env:HUB_DATA_KEYS_FILE"}}, "a setting of the hub"),
        ({"credentials": {"password": "file:{home}/secret_key"}}, "a file of the hub"),
    ],
)
def test_the_hubs_own_files_and_keys_are_no_connections(settings, tmp_path, content, words):
    settings.HUB_HOME = tmp_path
    (tmp_path / "demo").mkdir()
    Path(tmp_path / "hub.sqlite3").touch()
    wanted = database(tmp_path / "other.sqlite3")
    wanted["settings"] |= {k: v.format(home=tmp_path) for k, v in content.get("settings", {}).items()}
    wanted["credentials"] = {k: v.format(home=tmp_path) for k, v in content.get("credentials", {}).items()}
    with pytest.raises(Misconfigured, match=words):
        clients.build(wanted)


def test_a_database_outside_of_the_roots_is_refused_and_one_inside_is_taken(settings, tmp_path):
    settings.HUB_FILE_ROOTS = [str(tmp_path / "allowed")]
    with pytest.raises(Misconfigured, match="HUB_FILE_ROOTS"):
        clients.build(database(tmp_path / "lims.sqlite3"))
    assert clients.build(database(tmp_path / "allowed" / "lims.sqlite3"))
