"""Deliveries over the API: the rows behind the overview's numbers, and one with its tries."""

from __future__ import annotations

import pytest

from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery
from tests.api.test_reading import follow
from tests.factories.world import element, release, sample
from tests.integration.console.test_masking import NAME, inspected  # noqa: F401 - a fixture
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6"), pytest.mark.req("M3.6")]


@pytest.fixture
def three(client, world) -> list[str]:
    """Ids of messages: two arrived, then one that nobody has worked on yet."""
    sent = [post(client, world, sample(number, lot=f"L-{number}")).json()["id"] for number in (1, 2)]
    drain()
    return [*sent, post(client, world, sample(3, lot="L-3")).json()["id"]]


def of(rows) -> list[str]:
    return [row["message_id"] for row in rows]


def test_what_arrived_and_what_waits_is_listed_by_pages(api, three):
    assert of(follow(api, "deliveries?limit=1")) == [three[1], three[0]]
    assert of(follow(api, "deliveries?limit=2")) == [three[1], three[0]]  # no empty page behind a full one
    (waits,) = api("get", "deliveries?state=waiting").json()["results"]
    assert (waits["message_id"], waits["route"], waits["state"], waits["ms"]) == (three[2], "", "received", None)
    assert set(of(api("get", "deliveries?order=slowest").json()["results"])) == set(three[:2])
    assert of(api("get", "deliveries?system=qms&interface=IF-001&limit=1").json()["results"]) == [three[1]]
    assert api("get", "deliveries?system=lims").json()["results"] == []  # nothing goes there
    assert api("get", "deliveries?since=2099-01-01T00:00:00Z").json()["results"] == []


NOT_TRUE = (
    ("state=dead", "state"),
    ("order=fastest", "order"),
    ("system=nowhere", "system"),
    ("interface=IF-999", "interface"),
    ("at=2026-11-21T00:00:00Z", "at"),
    ("state=waiting&since=2026-11-21T00:00:00Z", "since"),
    ("state=waiting&order=slowest", "order"),
    ("order=slowest&cursor=WyIwMTk4MDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEiXQ", "cursor"),
)


def test_a_filter_that_could_not_be_true_is_refused(api, world):
    for query, field in NOT_TRUE:
        answer = api("get", f"deliveries?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), query


def test_one_delivery_is_read_open_or_closed_with_its_tries(api, client, world, three, stranger):
    world.target.status_for["S-3"] = 422
    drain()
    for row, state in ((Delivery.objects.get(), "dead"), (ClosedDelivery.objects.first(), "confirmed")):
        told = api("get", f"deliveries/{row.id}").json()
        assert (told["message_id"], told["delivery"]["state"]) == (str(row.message_id), state)
        assert len(told["delivery"]["attempts"]) == 1
        theirs = api("get", f"deliveries/{row.id}", token=stranger).json()
        nobodys = api("get", f"deliveries/{three[0]}", token=stranger).json()
        assert theirs["detail"].replace(str(row.id), three[0]) == nobodys["detail"]
        assert theirs["status"] == nobodys["status"] == 404
    assert api("get", "deliveries", token=stranger).json()["results"] == []


def test_what_is_masked_on_the_pages_is_masked_here(api, client, world, inspected):  # noqa: F811
    release(("element", element("reference", "text", max_length=40, data_class="personal")))
    (row,) = api("get", "deliveries", by="olga").json()["results"]
    assert row["business_key"] == "•••• masked"
    person, system, auditor = (
        api("get", f"deliveries/{row['id']}", **who).content.decode() for who in ({"by": "olga"}, {}, {"by": "victor"})
    )
    assert (NAME in person, NAME in system, NAME in auditor) == (False, True, False)
