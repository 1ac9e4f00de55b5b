"""The reading and operating side of the API."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.models import AuditEvent, Refusal
from governance.services import service_accounts
from hub.flow import control
from hub.flow.replaying import replay_items
from hub.flow.work import drain
from hub.models import Delivery, Message
from hub.services.grants import grant
from tests.factories.world import REASON, interface, release, sample
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6"), pytest.mark.req("M3.6")]


@pytest.fixture
def delivered(client, world):
    message_id = post(client, world, sample(1)).json()["id"]
    drain()
    return message_id


def test_messages_are_found_by_key_state_and_correlation(client, world, api, delivered):
    post(client, world, sample(2, verdict="MAYBE"))
    drain()
    found = api("get", "messages?business_key=S-1").json()["results"]
    assert [row["id"] for row in found] == [delivered]
    assert found[0]["state"] == "complete"
    assert found[0]["routes"][0]["external_id"] == "1"
    assert len(api("get", "messages?state=quarantined").json()["results"]) == 1
    assert len(api("get", f"messages?correlation_id={found[0]['correlation_id']}").json()["results"]) == 1
    assert len(api("get", "messages?since=2099-01-01T00:00:00Z").json()["results"]) == 0


def test_pages_follow_each_other_without_gap_or_repeat(client, world, api):
    for number in range(7):
        post(client, world, sample(number))
    seen, path = [], "messages?limit=3"
    while path:
        page = api("get", path).json()
        seen += [row["business_key"] for row in page["results"]]
        path = page["next"] and "messages" + page["next"].partition("/messages")[2]
    assert seen == [f"S-{number}" for number in range(6, -1, -1)]


def test_a_trace_tells_the_whole_story(api, delivered):
    trace = api("get", f"messages/{delivered}").json()
    assert trace["release"]["number"] == 1
    assert [one["outcome"] for one in trace["deliveries"][0]["attempts"]] == ["confirmed"]
    values = {line["target"]: line for line in trace["values"]["values"]}
    assert values["glucose"]["raw"] in ("90", {"value": "90", "unit": "mg/dL"})
    assert values["verdict"]["value"] == "pass"
    assert values["verdict"]["revision"] == "1.0.0"
    assert trace["values"]["is_same"] is True


@pytest.mark.parametrize(("stage", "words"), [("received", "mg/dL"), ("canonical", "g/L"), ("sent", "origin")])
def test_each_stage_of_the_payload_is_read_and_that_is_recorded(api, delivered, stage, words):
    answer = api("get", f"messages/{delivered}/payload?stage={stage}")
    assert words in answer.content.decode()
    assert AuditEvent.objects.get(kind="payload.viewed").subject_id == delivered


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("messages?colour=red", "colour"),
        ("messages?limit=0", "limit"),
        ("messages?limit=-1", "limit"),
        ("messages?limit=100000", "limit"),
        ("messages?since=yesterday", "since"),
        ("messages?state=lost", "state"),
        ("messages?before=x", "before"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(api, path, field):
    answer = api("get", path)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_what_is_somebody_elses_does_not_exist(client, world, api, delivered):
    release(("interface", interface(key="IF-002")))
    stranger = service_accounts.ensure(key="stranger", system_key="qms", by=DEMONSTRATION, reason=REASON)
    grant(account=stranger, interface_key="IF-002", direction="read", by=DEMONSTRATION, reason=REASON)
    from datetime import timedelta

    from django.utils import timezone

    token = service_accounts.issue_token(
        account=stranger, expires_at=timezone.now() + timedelta(days=1), by=DEMONSTRATION, reason=REASON
    )
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/messages", headers=headers).json()["results"] == []
    assert [row["key"] for row in client.get("/api/v1/interfaces", headers=headers).json()["results"]] == ["IF-002"]
    for path in (
        f"messages/{delivered}",
        f"messages/{delivered}/payload",
        "interfaces/IF-001",
        "interfaces/IF-001/drift",
    ):
        assert client.get(f"/api/v1/{path}", headers=headers).status_code == 404


def test_without_a_token_nothing_is_shown(client, world, delivered):
    for path in ("messages", f"messages/{delivered}", "interfaces", "replays"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_a_replay_needs_a_right_a_reason_and_a_second_person(client, world, api):
    message_id = post(client, world, sample(1, verdict="MAYBE")).json()["id"]
    drain()
    plan = {"messages": [message_id], "mode": "current_release", "reason": "The code was added"}
    assert api("post", "replays", plan).status_code == 403  # the lab may send and read
    assert Refusal.objects.filter(act="replay.plan", status=403).count() == 1
    assert api("post", "replays", {**plan, "reason": "."}, by="olga").status_code == 422
    made = api("post", "replays", plan, by="olga")
    assert (made.status_code, made.json()["state"]) == (201, "planned")
    path = f"replays/{made.json()['id']}/approve"
    assert api("post", path, {"reason": "I want to"}, by="olga").status_code == 403
    assert api("post", path, {"reason": "I want to"}, by="victor").status_code == 403
    signed = api("post", path, {"reason": "I checked it"}, by="quinn")
    assert (signed.status_code, "electronic signature" in signed.json()["detail"]) == (403, True)


def test_a_plan_names_the_route_of_each_delivery(client, world, api):
    world.target.status_for = {"S-1": 422}
    message_id = post(client, world, sample(1)).json()["id"]
    drain()
    plan = {"messages": [message_id], "mode": "same_bytes", "reason": "The target was mended"}
    made = api("post", "replays", plan, by="olga")
    assert [one["route"] for one in made.json()["items"]] == [Delivery.objects.get().route_key]


@pytest.mark.parametrize("surplus", ["state", "approved_by", "digest"])
def test_a_field_that_cannot_be_set_is_named(client, world, api, surplus):
    plan = {"messages": [], "mode": "same_bytes", "reason": "Some reason", surplus: "x"}
    answer = api("post", "replays", plan, by="olga")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == surplus


def test_pause_and_resume_need_a_right_and_a_reason(world, api):
    assert api("post", "interfaces/IF-001/pause", {"reason": "An upgrade"}).status_code == 403
    assert api("post", "interfaces/IF-001/pause", {}, by="olga").status_code == 422
    paused = api("post", "interfaces/IF-001/pause", {"reason": "An upgrade"}, by="olga").json()
    assert paused["paused_by"] == "Olga Brandt"
    assert api("post", "interfaces/IF-001/resume", {"reason": "It is done"}, by="olga").json()["paused_at"] is None
    assert AuditEvent.objects.filter(kind__in=["interface.paused", "interface.resumed"]).count() == 2


def test_a_dead_delivery_is_cancelled_over_the_api(client, world, api):
    world.target.status_for["S-1"] = 422
    post(client, world, sample(1))
    drain()
    path = f"deliveries/{Delivery.objects.get().id}/cancel"
    assert api("post", path, {"reason": "Entered by hand"}, by="victor").status_code == 403
    assert api("post", path, {"reason": "Entered by hand"}, by="olga").status_code == 200
    assert not Delivery.objects.exists()


def test_a_correlation_id_ends_with_its_request(world, api, client):
    from governance.guard.context import correlation

    headers = {"Authorization": f"Bearer {world.token}", "X-Correlation-Id": "trace-77"}
    wrong = client.get("/api/v1/messages?colour=red", headers=headers)
    assert wrong.json()["correlation_id"] == "trace-77"
    assert correlation.get() == ""
    assert api("get", "messages?colour=red").json()["correlation_id"] != "trace-77"


def test_a_delivery_that_waits_says_for_what(api, client, world):
    """The holder is the first of the key; another key waits for nothing, and a pause is the reason for all."""
    post(client, world, sample(1, verdict="WHO KNOWS"))
    held, free = (post(client, world, sample(n, lot=lot)).json()["id"] for n, lot in ((2, "L-1"), (3, "L-3")))
    drain()
    wait = api("get", f"messages/{held}").json()["deliveries"][0]["wait"]
    holder = str(Message.objects.get(business_key="S-1").id)
    assert wait == {
        "sentence": "It waits for S-1, an earlier message of the key L-1, which is in quarantine.",
        "message_id": holder,
        "business_key": "S-1",
    }
    assert api("get", f"messages/{free}").json()["deliveries"][0]["wait"] is None
    control.pause(interface_key=world.interface, by=world.cast.olga, reason="The wrong lots are going out")
    assert "IF-001 is paused" in api("get", f"messages/{held}").json()["deliveries"][0]["wait"]["sentence"]


def test_a_cancelled_delivery_claims_no_receipt(client, world):
    world.target.status_for = {"S-1": 422}
    message_id = post(client, world, sample(1)).json()["id"]
    drain()
    replay_items.cancel(delivery_id=Delivery.objects.get().id, by=world.cast.olga, reason="Sent on paper instead")
    client.force_login(world.cast.olga)
    page = client.get(reverse("message", args=[message_id])).content.decode()
    assert "Cancelled" in page
    assert "taken, no id given" not in page
