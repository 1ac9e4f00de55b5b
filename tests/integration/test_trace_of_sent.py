"""Each value that was made for a target names its rule, revision, source and raw value, and is compared as sent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from governance.guard.transactions import write
from hub.flow import vault
from hub.flow.replaying import replay
from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery, InterfaceRelease, MessageState, Payload
from tests.factories.world import interface, release, sample, to_canonical, to_target
from tests.integration.test_delivery import settle_all
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("B4"), pytest.mark.req("M3.3")]

ROUTE = {"connection": "qms-rest", "sink": "results"}
PLAIN = {"key": "plain", **ROUTE}
TOLD_LATER = {"key": "later", "after": ["plain"], "mapping": "qms-result", **ROUTE}
RECEIPT = {"target": "earlier", "path": "$.hub.receipts.plain.external_id"}
JOINED = {"target": "name", "concat": {"parts": ["$.lot", " of ", "$.reference"]}}  # stands nowhere but in what is sent


@pytest.fixture
def sent(client, world):
    """Delivers one message; gives its id."""

    def deliver(**more: Any) -> str:
        message_id = post(client, world, sample(1, **more)).json()["id"]
        settle_all()
        return message_id

    return deliver


@pytest.fixture
def refused(world, sent):
    """The same, but the target refuses what is called so: its delivery stays open, and can be tampered with."""

    def deliver(reference: str = "S-1") -> str:
        world.target.status_for[reference] = 422
        return sent()

    return deliver


@pytest.fixture
def told(client, world):
    """Route → the origins that the API tells of its values."""

    def of(message_id: str) -> dict[str, Any]:
        answer = client.get(f"/api/v1/messages/{message_id}", headers={"Authorization": f"Bearer {world.token}"})
        return {one["route"]: one["values"] for one in answer.json()["deliveries"]}

    return of


def replace_payload(payload: Payload, plain: bytes, stage: str = "outgoing") -> UUID:
    """Other bytes, well sealed: only a comparison can tell."""
    with write():
        made = vault.sealed(
            plain,
            message_id=payload.message_id,
            interface_key="IF-001",
            stage=stage,
            data_class="internal",
            delivery_id=payload.delivery_id,
        )
        vault.store([made])
    return made.id


def two_routes() -> None:
    """One that sends the entity as it is, and one after it that is told its receipt."""
    rules = [*to_target()["rules"], RECEIPT]
    release(("mapping", to_target(rules=rules)), ("interface", interface(gxp=False, routes=[PLAIN, TOLD_LATER])))


def test_each_value_that_was_sent_names_rule_revision_source_and_raw_value(sent, told):
    origins = told(sent())["qms"]
    assert (origins["mapping"], origins["revision"], origins["is_same"]) == ("qms-result", "1.0.0", True)
    assert origins["sentence"].endswith("they give exactly what is stored for this target.")
    lines = {line.pop("target"): line for line in origins["values"]}
    assert list(lines) == ["reference", "lot", "verdict", "origin", "mapping"]
    verdict = {"rule": 3, "revision": "1.0.0", "source": ["$.verdict"], "raw": "pass", "value": "pass", "notes": []}
    assert lines["verdict"] == verdict
    assert lines["origin"]["source"] == ["$.hub.original_id"]
    assert lines["origin"]["raw"] == "S-1"


def test_a_rounded_or_converted_value_says_so(sent, told):
    weight = {"target": "glucose", "path": "$.glucose", "unit": {"to": "mg/dL"}}
    release(("mapping", to_target(rules=[*to_target()["rules"], weight])))
    line = told(sent())["qms"]["values"][-1]
    assert (line["target"], line["rule"], line["raw"]) == ("glucose", 6, {"value": 0.90, "unit": "g/L"})
    assert line["value"]["unit"] == "mg/dL"
    assert line["notes"][0].startswith("converted from 0.90 g/L to ")


def test_bytes_that_the_pinned_rules_do_not_give_are_told(refused, told):
    message_id = refused()
    assert told(message_id)["qms"]["is_same"] is True
    other = replace_payload(Payload.objects.get(stage="outgoing"), b'{"lot":"L-1","reference":"S-2"}')
    with write():
        Delivery.objects.update(payload_id=other)
    origins = told(message_id)["qms"]
    assert origins["is_same"] is False
    assert origins["sentence"].endswith("Report this: it must not happen.")


def test_another_release_than_the_one_that_made_the_bytes_is_told(refused, told):
    message_id = refused()
    release(("mapping", to_target(rules=to_target()["rules"][:4])))
    with write():
        Delivery.objects.update(release_id=InterfaceRelease.objects.latest("number").id)
    origins = told(message_id)["qms"]
    assert (origins["is_same"], origins["revision"]) == (False, "2.0.0")


@pytest.mark.parametrize("stage", ["canonical", "outgoing"])
def test_what_was_disposed_of_has_no_origin_any_more_and_the_page_says_so(sent, told, stage):
    message_id = sent()
    with write():
        Payload.objects.filter(stage=stage).update(data=None)
    origins = told(message_id)["qms"]
    assert (origins["is_same"], origins["values"]) == (None, [])
    assert "was disposed of under its retention rule" in origins["sentence"]


def test_a_canonical_entity_that_is_not_stored_any_more_is_said(sent, told):
    message_id = sent()
    with write():
        Payload.objects.filter(stage="canonical").delete()
    assert "The canonical entity of this message is not stored any more." in told(message_id)["qms"]["sentence"]


def test_who_may_not_read_payloads_sees_none_of_it(client, world, sent):
    release(("mapping", to_target(rules=[JOINED, *to_target()["rules"]])))
    message_id = sent()
    for name, may_read in (("victor", False), ("olga", True)):
        client.force_login(getattr(world.cast, name), backend="django.contrib.auth.backends.ModelBackend")
        story = client.get(f"/api/v1/messages/{message_id}")
        assert (story.json()["deliveries"][0]["values"] is not None) is may_read
        page = client.get(reverse("message", args=[message_id])).content.decode()
        for text in (story.content.decode(), page):
            assert ("L-1 of S-1" in text, "$.hub.original_id" in text) == (may_read, may_read)
        for words in ("Where each value for route qms comes from", "As the rule read it"):
            assert (words in page) is may_read


def test_a_route_after_another_shows_the_receipt_that_it_was_told(sent, told):
    two_routes()
    found = told(sent())
    assert [one["is_same"] for one in found.values()] == [True, True]
    line = found["later"]["values"][-1]
    assert (line["target"], line["value"], line["rule"]) == ("earlier", "1", 6)
    assert line["source"] == ["$.hub.receipts.plain.external_id"]


def test_a_route_without_a_mapping_says_so_and_is_compared_all_the_same(sent, told):
    two_routes()
    origins = told(sent())["plain"]
    assert origins["sentence"].startswith("This route has no mapping: the canonical entity is sent as it is.")
    assert (origins["is_same"], origins["values"], origins["mapping"]) == (True, [], "")
    closed = ClosedDelivery.objects.get(route_key="plain")
    outgoing = json.loads(vault.opened(Payload.objects.get(id=closed.payload_id)))
    assert outgoing["hub"]["receipts"] == {}  # what it brought back itself came later


def test_a_route_without_a_mapping_that_sent_something_else_is_told(refused, told):
    two_routes()
    message_id = refused()
    plain = Delivery.objects.get(route_key="plain")
    other = replace_payload(Payload.objects.get(id=plain.payload_id), b'{"lot":"L-2"}')
    with write():
        Delivery.objects.filter(id=plain.id).update(payload_id=other)
    origins = told(message_id)["plain"]
    assert origins["is_same"] is False
    assert "But what is stored for this target is something else." in origins["sentence"]


def test_a_receipt_that_came_at_the_same_moment_is_no_difference(sent, told):
    """A row that closes shows the moment of its statement, and is seen by others only from its commit."""
    two_routes()
    message_id = sent()
    plain = ClosedDelivery.objects.get(route_key="plain")
    made_at = plain.closed_at + timedelta(milliseconds=1)
    with write():
        Payload.objects.filter(id=plain.payload_id).update(recorded_at=made_at)
    assert {route: one["is_same"] for route, one in told(message_id).items()} == {"plain": True, "later": True}


def test_what_differs_is_shown_with_the_receipts_of_its_moment(refused, told):
    """The route waits for nothing, so nothing had come back when its bytes were made; now there is a receipt."""
    rules = [{"target": "reference", "constant": "X-1"}, {**RECEIPT, "default": "none yet"}]
    routes = [PLAIN, {**TOLD_LATER, "after": []}]
    release(("mapping", to_target(rules=rules)), ("interface", interface(gxp=False, routes=routes)))
    message_id = refused("X-1")
    made = Payload.objects.get(id=Delivery.objects.get(route_key="later").payload_id)
    other = replace_payload(made, b"{}")
    with write():
        Payload.objects.filter(id=other).update(recorded_at=made.recorded_at)
    with write():
        Delivery.objects.filter(route_key="later").update(payload_id=other)
    assert ClosedDelivery.objects.get(route_key="plain").state == "confirmed"
    origins = told(message_id)["later"]
    assert (origins["is_same"], origins["values"][-1]["value"]) == (False, "none yet")


def test_a_replayed_delivery_shows_the_rules_that_made_its_own_bytes(client, world, told):
    """The entity stays that of the first release, and so does the inward revision that the target is told."""
    release(("interface", interface(gxp=False)))
    world.target.status_for["S-1"] = 422
    message_id = post(client, world, sample(1)).json()["id"]
    drain()
    before = told(message_id)["qms"]
    kind = {"target": "kind", "constant": "result"}
    inward = to_canonical(rules=[{**rule} for rule in to_canonical()["rules"]], label="Another label")
    release(("mapping", to_target(rules=[kind, *to_target()["rules"]])), ("mapping", inward))
    replay.plan(message_ids=[UUID(message_id)], mode="current_release", by=world.cast.olga, reason="A rule was added")
    assert Payload.objects.filter(stage="outgoing").count() == 2
    after = told(message_id)["qms"]
    assert (before["revision"], before["is_same"], after["is_same"]) == ("1.0.0", True, True)
    assert after["revision"] != "1.0.0"
    assert (after["values"][0]["target"], after["values"][0]["source"]) == ("kind", [])
    assert after["values"][-1]["raw"] == "1.0.0"  # $.hub.mapping_revision
    made_by = MessageState.objects.get().release_id
    numbers = [InterfaceRelease.objects.get(id=one).number for one in (Delivery.objects.get().release_id, made_by)]
    assert (
        "A replay made it by release {}, of the canonical entity of release {}.".format(*numbers) in after["sentence"]
    )


def test_where_it_cannot_be_told_which_entity_it_was_no_fault_is_claimed(sent, told):
    message_id = sent()
    canonical = Payload.objects.get(stage="canonical")
    other = replace_payload(canonical, b'{"lot":"L-9","reference":"S-9"}', "canonical")
    assert told(message_id)["qms"]["is_same"] is True  # it is newer than what was sent
    with write():
        Payload.objects.filter(id=other).update(recorded_at=canonical.recorded_at)
    origins = told(message_id)["qms"]
    assert origins["is_same"] is None
    assert "it cannot be told which one" in origins["sentence"]


def test_what_was_never_made_for_its_target_has_no_origins(client, world, told):
    wrong = {"target": "when", "path": "$.lot", "date": {"format": "%d.%m.%Y"}}
    release(("mapping", to_target(rules=[*to_target()["rules"], wrong])))
    message_id = post(client, world, sample(1)).json()["id"]
    drain()
    assert told(message_id) == {"qms": None}
