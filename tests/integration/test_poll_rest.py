"""Lists of a real HTTP system through the poller: with a cursor or none, sorted or not, empty, too long for a run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.records import Checkpoint as Position
from connectors.records import Page
from hub.flow.intake import poll as polling
from hub.flow.intake.poll import poll_due
from hub.flow.runtime import in_force
from hub.flow.work import drain
from hub.models import Checkpoint, Message, MessageState, Run, StreamState
from tests.factories.listing import Listing
from tests.factories.world import release
from tests.integration.test_poll import again, polled

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5"), pytest.mark.req("M4.4")]

KEY = "IF-010"
FOLLOWED = {"cursor": "changed", "cursor_param": "since"}
SORTED = {**FOLLOWED, "ordered": True}


@pytest.fixture
def listing(world):
    with Listing() as running:
        yield running


def poll_from(listing, **stream) -> None:
    """Release an interface that polls the list; ``stream`` says how it is followed."""
    declared = {"name": "results", "path": "/results", "identity": ["sample"], "paging": {"kind": "page_number"}}
    settings = {"base_url": listing.url, "streams": [{**declared, **stream}]}
    connection = {"key": "lims-rest", "label": "REST", "system": "lims", "connector": "rest", "settings": settings}
    release(("connection", connection), ("interface", polled(KEY, "lims-rest", "results")))


def no_time(monkeypatch) -> None:
    """Every run is longer than it may be."""
    monkeypatch.setattr(polling, "SECONDS_A_RUN", 0.0)


@pytest.mark.parametrize("followed", [{}, FOLLOWED, SORTED], ids=["no cursor", "unsorted", "sorted"])
def test_a_list_is_read_to_its_end_and_delivered(world, listing, followed):
    listing.add(*range(1, 8))
    poll_from(listing, **followed)
    assert poll_due() == 7
    drain()
    assert sorted(world.target.references()) == [f"S-{n}" for n in range(1, 8)]
    assert Run.objects.get().sentence == ""


@pytest.mark.parametrize("levels", [101, 700])
def test_a_record_that_is_nested_too_deeply_is_quarantined_and_the_others_are_taken(world, listing, levels):
    """It can be read, by a reader that goes down a call a level, and could not be gone on with."""
    listing.add(1, 2, 3)
    held: list = []
    for _ in range(levels - 2):
        held = [held]
    listing.rows[1]["held"] = held
    poll_from(listing)
    assert poll_due() == 3
    drain()
    assert sorted(world.target.references()) == ["S-1", "S-3"]
    broken = MessageState.objects.get(reason="unreadable")
    assert (broken.state, broken.sentence) == ("quarantined", "The record is nested deeper than 100 levels.")
    assert Run.objects.get().sentence == ""


@pytest.mark.parametrize("followed", [{}, FOLLOWED, SORTED], ids=["no cursor", "unsorted", "sorted"])
def test_a_list_that_is_empty_at_first_is_no_failure_and_leaves_no_checkpoint(listing, followed):
    poll_from(listing, **followed)
    assert poll_due() == 0
    state = StreamState.objects.get(interface_key=KEY)
    assert (state.failures, state.sentence) == (0, "")
    assert not Checkpoint.objects.exists()
    listing.add(1)
    assert again() == 1


@pytest.mark.parametrize("followed", [FOLLOWED, SORTED], ids=["unsorted", "sorted"])
def test_the_next_reading_asks_from_the_last_change_on(listing, followed):
    listing.add(3, 1, 2) if followed is FOLLOWED else listing.add(1, 2, 3)
    poll_from(listing, **followed)
    assert poll_due() == 3
    listing.asked.clear()
    listing.add(4)
    assert again() == 1
    assert {asked["since"] for asked in listing.asked} == {"2026-01-01T00:00:03Z"}
    assert again() == 0


def test_an_unsorted_list_that_takes_longer_than_a_run_is_read_to_its_end(listing, monkeypatch):
    listing.add(*range(1, 11))
    poll_from(listing, **FOLLOWED)
    no_time(monkeypatch)
    assert poll_due() == 10
    assert Checkpoint.objects.get().cursor == "2026-01-01T00:00:10Z"


def test_a_list_without_a_cursor_that_takes_longer_than_a_run_is_read_to_its_end(listing, monkeypatch):
    listing.add(*range(1, 11))
    poll_from(listing)
    no_time(monkeypatch)
    assert poll_due() == 10
    assert not Checkpoint.objects.exists()


def test_a_sorted_list_that_takes_longer_than_a_run_is_left_after_a_page_and_gone_on_with(listing, monkeypatch):
    listing.add(*range(1, 8))
    poll_from(listing, **SORTED)
    no_time(monkeypatch)
    assert poll_due() == 2
    assert Checkpoint.objects.get().cursor == "2026-01-01T00:00:02Z"
    assert StreamState.objects.get(interface_key=KEY).due_at <= timezone.now(), "more is to be read at once"
    for _ in range(10):
        poll_due()
    assert Message.objects.count() == 7


def test_a_page_renews_the_lease_of_whoever_reads(listing):
    poll_from(listing)
    token, run = polling._take(KEY), Run.objects.create(interface_key=KEY, started_at=timezone.now())
    nearly_over = timezone.now() + timedelta(seconds=1)
    StreamState.objects.filter(interface_key=KEY).update(leased_until=nearly_over)
    page = Page((), Position(None))
    assert polling._save(in_force(KEY), page, run, token, counts_repeats=False)
    assert StreamState.objects.get(interface_key=KEY).leased_until > nearly_over + timedelta(seconds=30)
    StreamState.objects.filter(interface_key=KEY).update(lease=run.id)  # somebody else took it
    assert not polling._save(in_force(KEY), page, run, token, counts_repeats=False)
