"""What is in doubt: one person says what they found, a second one confirms just that, and only where persons must."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from governance.actors import DEMONSTRATION
from governance.errors import NotAllowed, Refused
from governance.guard.transactions import write
from governance.models import Person
from governance.services import same_person, signing_suspension
from hub.flow.preparing.prepare import prepare
from hub.flow.sending.deliver import deliver
from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery
from hub.services import decisions
from hub.services.grants import grant
from tests.factories.world import connection, interface, release, sample
from tests.integration.test_delivery import NONE, PROBE, settle_all
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.3"), pytest.mark.req("M4.4")]

WHY = "I looked at the target"


def in_doubt(client, world, offer=NONE) -> Delivery:
    """A write whose answer was lost, at a target that has the record."""
    release(("connection", connection(world.target.url, **offer)))
    world.target.honours_keys, world.target.drop_next = False, 1
    post(client, world, sample(1))
    prepare()
    deliver()
    return Delivery.objects.get(state="in_doubt")


def said(world, delivery, decision="it_arrived", external_id="QMS-7"):
    external_id = external_id if decision == "it_arrived" else ""
    return decisions.propose(
        delivery_id=delivery.id, decision=decision, external_id=external_id, by=world.cast.olga, reason=WHY
    )


@pytest.fixture
def api(client, world):
    def call(method, path, content=None, by="olga"):
        client.force_login(getattr(world.cast, by), backend="django.contrib.auth.backends.ModelBackend")
        body = json.dumps(content) if content is not None else None
        return getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json")

    return call


@pytest.mark.parametrize(
    ("decision", "effects", "state"),
    [("it_arrived", 1, "confirmed"), ("send_again", 2, "confirmed"), ("cancel", 1, "cancelled")],
)
def test_two_persons_decide_what_is_in_doubt(client, world, decision, effects, state):
    doubtful = in_doubt(client, world)
    proposal = said(world, doubtful, decision)
    act = {"delivery_id": doubtful.id, "proposal": proposal.id, "reason": "We looked"}
    with pytest.raises(NotAllowed, match="second person"):
        decisions.confirm(**act, by=world.cast.olga)
    decisions.confirm(**act, by=world.cast.quinn)
    settle_all()
    closed = ClosedDelivery.objects.get()
    assert (closed.state, len(world.target.effects)) == (state, effects)
    assert closed.external_id == {"it_arrived": "QMS-7", "send_again": closed.external_id, "cancel": ""}[decision]


@pytest.mark.parametrize("how", ["another account of the first", "a password that somebody else set"])
def test_who_may_be_the_first_person_is_no_second_one(client, world, how):
    doubtful, cast = in_doubt(client, world), world.cast
    act = {"delivery_id": doubtful.id, "proposal": said(world, doubtful).id, "reason": "We looked"}
    if how.startswith("another"):
        same_person.declare(person=cast.quinn, other=cast.olga, by=DEMONSTRATION, reason="One badge, two accounts")
    else:
        signing_suspension.suspend(person=cast.quinn, by=cast.olga, reason="She forgot her password")
    with pytest.raises(NotAllowed, match=r"another account of yours prepared it|Your signing is suspended"):
        decisions.confirm(**act, by=Person.objects.get(username="quinn"))
    assert Delivery.objects.get().state == "in_doubt"


def test_the_second_person_confirms_what_they_were_shown(client, world, api):
    path = f"deliveries/{in_doubt(client, world).id}/decision"
    found = {"decision": "it_arrived", "external_id": "QMS-7", "reason": WHY}
    assert api("get", path).status_code == 404
    assert api("post", path, found).json()["state"] == "proposed"
    shown = api("get", path, by="quinn").json()
    assert (shown["decision"], shown["external_id"], shown["by"]) == ("it_arrived", "QMS-7", "Olga Brandt")
    api("post", path, {"decision": "cancel", "reason": "It was another lot"})
    confirmed = {"proposal": shown["proposal"], "reason": "I looked too"}
    answer = api("post", f"{path}/confirm", confirmed, by="quinn")
    assert answer.status_code == 409
    assert "has said something else since you looked: cancel" in answer.json()["detail"]
    assert Delivery.objects.get().state == "in_doubt"
    api("post", path, {**found, "external_id": "QMS-8"})
    newest = {**confirmed, "proposal": api("get", path, by="quinn").json()["proposal"]}
    assert api("post", f"{path}/confirm", newest).status_code == 403  # Olga said it herself
    assert api("post", f"{path}/confirm", newest, by="quinn").status_code == 200
    assert ClosedDelivery.objects.get().external_id == "QMS-8"


def test_a_confirmation_without_its_proposal_is_refused(client, world, api):
    doubtful = in_doubt(client, world)
    said(world, doubtful)
    answer = api("post", f"deliveries/{doubtful.id}/decision/confirm", {"reason": WHY}, by="quinn")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "proposal")


def test_what_was_said_of_an_earlier_try_decides_nothing(client, world):
    doubtful = in_doubt(client, world)
    proposal = said(world, doubtful, "cancel")
    with write():
        Delivery.objects.filter(id=doubtful.id).update(attempts=doubtful.attempts + 1)
    with pytest.raises(Refused, match="Nobody has said yet"):
        decisions.confirm(delivery_id=doubtful.id, proposal=proposal.id, by=world.cast.quinn, reason=WHY)
    newer = said(world, Delivery.objects.get(), "cancel")
    decisions.confirm(delivery_id=doubtful.id, proposal=newer.id, by=world.cast.quinn, reason=WHY)
    assert ClosedDelivery.objects.get().state == "cancelled"


def test_nobody_decides_while_the_hub_will_ask_the_target_itself(client, world):
    doubtful = in_doubt(client, world, {**PROBE, "settles_in": 60})
    with pytest.raises(Refused, match="will ask the target"):
        said(world, doubtful, "send_again")


def test_send_again_asks_first_where_the_target_can_be_asked_and_starts_the_policy_afresh(client, world):
    release(("interface", interface(retry={"base_seconds": 1, "cap_seconds": 1, "max_attempts": 1})))
    doubtful = in_doubt(client, world, PROBE)
    proposal = said(world, doubtful, "send_again")
    decisions.confirm(delivery_id=doubtful.id, proposal=proposal.id, by=world.cast.quinn, reason=WHY)
    again = Delivery.objects.get()
    assert (again.state, again.ask_first, again.attempts, again.first_tried_at) == ("pending", True, 0, None)
    settle_all()
    assert (len(world.target.effects), ClosedDelivery.objects.get().state) == (1, "confirmed")


def test_a_service_account_decides_nothing(client, world):
    grant(account=world.account, interface_key="IF-001", direction="operate", by=DEMONSTRATION, reason=WHY)
    from hub.api import tokens

    tokens.forget()
    world.target.status_for["S-2"] = 422
    bad = post(client, world, sample(3, lot="L-3", verdict="MAYBE")).json()["id"]
    post(client, world, sample(2, lot="L-2"))
    drain()
    dead, doubtful = Delivery.objects.get(state="dead"), in_doubt(client, world)
    proposal, why = said(world, doubtful), {"reason": "The machine says so"}
    for path, content in (
        (f"deliveries/{dead.id}/cancel", why),
        (f"messages/{bad}/reject", why),
        (f"deliveries/{doubtful.id}/decision", {**why, "decision": "cancel"}),
        (f"deliveries/{doubtful.id}/decision/confirm", {**why, "proposal": str(proposal.id)}),
    ):
        answer = post(client, world, content, url=f"/api/v1/{path}")
        assert answer.status_code == 403, path
        assert "Only a person can decide this" in answer.json()["detail"]
    assert Delivery.objects.count() == 2
    paused = post(client, world, {"reason": "The line has stopped"}, url="/api/v1/interfaces/IF-001/pause")
    assert paused.status_code == 200  # switches of operation stay open to machines


def test_a_foreign_delivery_is_as_one_that_does_not_exist(client, world, api):
    release(("interface", interface(key="IF-002")))
    dead = in_doubt(client, world)
    with write():
        Delivery.objects.update(interface_key="IF-002")  # nobody of the cast was given IF-002

    def say(delivery_id):
        answer = api("post", f"deliveries/{delivery_id}/cancel", {"reason": "Entered by hand"})
        return answer.status_code, answer.json()["detail"].replace(str(delivery_id), "?")

    assert say(dead.id) == say(uuid4()) == (404, "There is no open delivery ?.")
