"""Streams: pages and checkpoints in one transaction; broken records in quarantine; files moved after the commit."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.errors import Refused
from hub.flow.control import pause, resume
from hub.flow.intake import poll as polling
from hub.flow.intake.poll import poll_due
from hub.flow.work import drain
from hub.models import Checkpoint, Inbox, InterfaceControl, Message, MessageState, Run, StreamState
from hub.services.grants import allow_role
from tests.factories.world import interface, release

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5"), pytest.mark.req("M4.4")]

HEADER = "sample,lot,verdict\n"


def polled(key: str, connection: str, stream: str) -> dict:
    source = {
        "system": "lims",
        "mode": "poll",
        "connection": connection,
        "stream": stream,
        "every_seconds": 1,
    }
    return interface(key=key, source=source)


def files(folder) -> dict:
    source = {"format": "csv", "identity": ["sample"], "pattern": "*.csv", "settle": 0}
    settings = {"folder": str(folder), "streams": {"results": source}}
    return {
        "key": "lims-files",
        "label": "Files",
        "system": "lims",
        "connector": "files",
        "settings": settings,
    }


def database(path) -> dict:
    source = {"identity": ["sample"], "table": "result", "cursor": "number", "overlap": 2, "page_size": 3}
    settings = {"engine": "sqlite", "database": str(path), "streams": {"results": source}}
    return {
        "key": "lims-sql",
        "label": "Database",
        "system": "lims",
        "connector": "sql",
        "settings": settings,
    }


@pytest.fixture
def folder(world, tmp_path):
    release(("connection", files(tmp_path)), ("interface", polled("IF-010", "lims-files", "results")))
    return tmp_path


@pytest.fixture
def table(world, tmp_path):
    path = tmp_path / "lims.sqlite3"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE result (number INTEGER PRIMARY KEY, sample TEXT, lot TEXT, verdict TEXT)")
    made.close()
    release(("connection", database(path)), ("interface", polled("IF-011", "lims-sql", "results")))
    return path


def rows(path, numbers) -> None:
    with sqlite3.connect(path) as opened:
        opened.executemany("INSERT INTO result VALUES (?, ?, 'L-1', 'OK')", [(n, f"S-{n}") for n in numbers])
    opened.close()


def again() -> int:
    StreamState.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    return poll_due()


def test_a_file_is_read_delivered_and_moved_after_the_commit(world, folder):
    (folder / "a.csv").write_text(HEADER + "S-1,L-1,OK\nS-2,L-1,NOK\n")
    assert poll_due() == 2
    drain()
    assert [effect["verdict"] for effect in world.target.effects] == ["pass", "fail"]
    assert not (folder / "a.csv").exists()
    assert list((folder / "done").iterdir())


def test_a_broken_line_is_quarantined_with_its_number_and_the_others_are_taken(world, folder):
    (folder / "a.csv").write_text(HEADER + "S-1,L-1,OK\nS-2,L-1\nS-3,L-2,OK\n")
    poll_due()
    drain()
    broken = MessageState.objects.get(reason="unreadable")
    assert broken.state == "quarantined"
    assert "3" in broken.sentence
    assert sorted(world.target.references()) == ["S-1", "S-3"]
    run = Run.objects.get()
    assert (run.read, run.accepted, run.quarantined) == (3, 3, 1)


def test_a_wrong_encoding_is_quarantined_with_its_byte(world, folder):
    (folder / "a.csv").write_bytes(HEADER.encode() + b"S-1,L\xe4-1,OK\n")
    poll_due()
    drain()
    assert "utf-8" in MessageState.objects.get().sentence.lower()
    assert world.target.effects == []


def test_a_record_of_a_stream_that_breaks_its_contract_is_quarantined(world, folder):
    (folder / "a.csv").write_text("sample,charge\nS-1,L-1\n")
    poll_due()
    drain()
    state = MessageState.objects.get()
    assert (state.state, state.reason) == ("quarantined", "invalid")
    assert "lot" in state.sentence


def test_boundaries_overlap_and_the_inbox_drops_the_repeats(world, table):
    rows(table, range(1, 8))
    assert poll_due() == 7
    rows(table, [8])
    assert again() == 1
    drain()
    assert world.target.references() == [f"S-{n}" for n in range(1, 9)]
    assert again() == 0
    assert Run.objects.count() == 2  # a look that found nothing new leaves no row
    assert set(Inbox.objects.values_list("duplicates", flat=True)) == {0}


def other_table(path, *, rows_there: int) -> dict:
    """The connection with a second stream: another table, whose numbers begin anew."""
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE result2 (number INTEGER PRIMARY KEY, sample TEXT, lot TEXT, verdict TEXT)")
        made.executemany("INSERT INTO result2 VALUES (?, ?, 'L-2', 'OK')", [(n, f"T-{n}") for n in range(rows_there)])
    made.close()
    connection = database(path)
    streams = connection["settings"]["streams"]
    streams["others"] = {**streams["results"], "table": "result2"}
    return connection


def test_another_stream_is_read_from_its_own_start_and_the_first_one_goes_on_where_it_was(world, table):
    rows(table, [1000, 1001])
    assert poll_due() == 2
    release(("connection", other_table(table, rows_there=5)))
    release(("interface", polled("IF-011", "lims-sql", "others")))
    assert again() == 5
    rows(table, [1002])
    release(("interface", polled("IF-011", "lims-sql", "results")))
    assert again() == 1
    assert Run.objects.order_by("-started_at").first().read == 3, "from the overlap on, not from the start"
    assert Checkpoint.objects.count() == 2


def test_another_connection_is_read_from_its_own_start(world, table, tmp_path):
    rows(table, [1000])
    assert poll_due() == 1
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(table.read_bytes())
    with sqlite3.connect(copy) as opened:
        opened.execute("UPDATE result SET number = 1, sample = 'U-1'")
    opened.close()
    release(
        ("connection", {**database(copy), "key": "lims-copy"}), ("interface", polled("IF-011", "lims-copy", "results"))
    )
    assert again() == 1


def test_long_keys_that_differ_at_their_end_are_two_records_and_a_repeat_of_one_is_none(world, table):
    long = "S" * 300
    with sqlite3.connect(table) as opened:
        opened.executemany("INSERT INTO result VALUES (?, ?, 'L-1', 'OK')", [(1, f"{long}-1"), (2, f"{long}-2")])
    opened.close()
    assert poll_due() == 2
    assert again() == 0
    assert not MessageState.objects.filter(state="quarantined").exists()
    assert {len(key) for key in Inbox.objects.values_list("idempotency_key", flat=True)} == {200}


def test_two_broken_lines_of_a_file_with_a_long_name_are_both_kept(world, folder):
    (folder / f"{'a' * 220}.csv").write_text(HEADER + "S-1,L-1\nS-2,L-1\nS-3,L-2,OK\n")
    assert poll_due() == 3
    assert MessageState.objects.filter(reason="unreadable").count() == 2


def test_long_keys_that_are_contradicted_are_kept_each(world, table):
    long = "S" * 300
    with sqlite3.connect(table) as opened:
        opened.executemany("INSERT INTO result VALUES (?, ?, 'L-1', 'OK')", [(1, f"{long}-1"), (2, f"{long}-2")])
    opened.close()
    poll_due()
    with sqlite3.connect(table) as opened:
        opened.execute("UPDATE result SET verdict = 'NOK'")
    opened.close()
    assert again() == 2
    assert MessageState.objects.filter(state="quarantined").count() == 2
    assert again() == 0


def test_a_record_that_changed_under_its_old_key_is_kept_in_quarantine(world, table):
    rows(table, [1])
    poll_due()
    with sqlite3.connect(table) as opened:
        opened.execute("UPDATE result SET verdict = 'NOK'")
    opened.close()
    assert again() == 1
    kept = MessageState.objects.get(state="quarantined")
    assert "accepted before with other content" in kept.sentence
    assert again() == 0


def test_a_connection_cannot_leave_the_folders_of_the_installation(world, folder, settings, tmp_path_factory):
    settings.HUB_FILE_ROOTS = [str(tmp_path_factory.mktemp("allowed"))]
    (folder / "a.csv").write_text(HEADER + "S-1,L-1,OK\n")
    assert poll_due() == 0
    assert InterfaceControl.objects.get(interface__key="IF-010").is_halted


def test_a_crash_before_the_commit_saves_neither_page_nor_checkpoint(world, table, monkeypatch):
    rows(table, range(1, 8))

    def crash(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint.objects, "update_or_create", crash)
    with pytest.raises(KeyboardInterrupt):
        poll_due()
    monkeypatch.undo()
    assert not Message.objects.exists()
    assert not Checkpoint.objects.exists()
    StreamState.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert again() == 7


def test_one_reader_a_stream(world, table):
    rows(table, range(1, 4))
    assert polling._take("IF-011") is not None
    assert polling._take("IF-011") is None
    assert poll_due() == 0


def test_a_source_that_is_not_set_up_halts_the_interface_with_its_sentence(world, table):
    table.unlink()
    poll_due()
    control = InterfaceControl.objects.get(interface__key="IF-011")
    assert control.is_halted
    assert "lims.sqlite3" in control.paused_because or "file" in control.paused_because
    assert Run.objects.get().sentence


def test_a_paused_interface_reads_nothing(world, table):
    rows(table, [1])
    right = {"role": "operator", "permission": "operate_interface", "interface_key": "IF-011"}
    allow_role(**right, by=DEMONSTRATION, reason="She works with it")
    pause(interface_key="IF-011", by=world.cast.olga, reason="The source is being moved")
    assert again() == 0
    resume(interface_key="IF-011", by=world.cast.olga, reason="It was moved")
    assert again() == 1
    with pytest.raises(Refused, match="not paused"):
        resume(interface_key="IF-011", by=world.cast.olga, reason="Once more")


def test_a_process_that_is_to_stop_ends_after_the_page_and_lets_the_stream_go(world, table):
    """The next process need not wait for a lease to run out, and goes on behind the page."""
    rows(table, range(1, 8))
    asked = iter([False, True])  # before the stream, and after its first page
    assert poll_due(is_stopping=lambda: next(asked)) == 3
    state = StreamState.objects.get(interface_key="IF-011")
    assert (state.lease, state.due_at <= timezone.now(), state.failures) == (None, True, 0)
    assert poll_due() == 4
    assert Message.objects.count() == 7
