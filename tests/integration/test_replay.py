"""Replay, rejection, cancellation and decisions about what is in doubt."""

from __future__ import annotations

from uuid import UUID

import pytest

from governance.errors import NotAllowed, Refused
from governance.models import AuditEvent, Signature
from hub.flow.replaying import replay, replay_items
from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery, InterfaceRelease, MessageState, ReplayPlan
from tests.factories.deciding import approve_replay
from tests.factories.world import release, sample, to_canonical
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.3")]

WHY = "The code list was completed"


def quarantined(client, world):
    message_id = UUID(post(client, world, sample(1, verdict="MAYBE")).json()["id"])
    drain()
    return message_id


def complete_the_codes() -> None:
    codes = {
        "key": "verdict",
        "label": "Verdict",
        "codes": {"pass": {"label": "Passed"}, "fail": {"label": "Failed"}},
        "crosswalks": {"lims": {"OK": "pass", "NOK": "fail", "MAYBE": "fail"}},
    }
    release(("code_list", codes))


def test_it_needs_a_second_person_where_the_interface_is_gxp(client, world):
    message_id = quarantined(client, world)
    complete_the_codes()
    plan = replay.plan(message_ids=[message_id], mode="current_release", by=world.cast.olga, reason=WHY)
    assert plan.state == "planned"
    drain()
    assert world.target.effects == []
    with pytest.raises(NotAllowed, match="second person"):
        approve_replay(plan, world.cast.olga)
    approve_replay(plan, world.cast.quinn, "I checked the new code")
    drain()
    assert world.target.effects[0]["verdict"] == "fail"
    assert Signature.objects.get().person["name"] == "Quinn Mbeki"


def test_service_accounts_cannot_stand_behind_a_decision(client, world):
    plan = replay.plan(message_ids=[quarantined(client, world)], mode="current_release", by=world.cast.olga, reason=WHY)
    with pytest.raises(NotAllowed, match="Only a person"):
        approve_replay(plan, world.account)


def test_a_plan_runs_once(client, world):
    plan = replay.plan(message_ids=[quarantined(client, world)], mode="current_release", by=world.cast.olga, reason=WHY)
    approve_replay(plan, world.cast.quinn)
    with pytest.raises(Refused, match="Everybody who had to sign this has signed it"):
        approve_replay(plan, world.cast.quinn)


def test_the_message_runs_with_the_release_that_the_mode_names(client, world):
    message_id = quarantined(client, world)
    complete_the_codes()
    latest = InterfaceRelease.objects.order_by("-number").first()
    plan = replay.plan(message_ids=[message_id], mode="original_release", by=world.cast.olga, reason=WHY)
    approve_replay(plan, world.cast.quinn)
    drain()
    assert MessageState.objects.get().state == "quarantined"  # the old release knows no more than before
    plan = replay.plan(message_ids=[message_id], mode="current_release", by=world.cast.olga, reason=WHY)
    approve_replay(plan, world.cast.quinn)
    drain()
    assert MessageState.objects.get().release_id == latest.id


@pytest.mark.parametrize(
    ("mode", "words"),
    [("same_bytes", "never sent"), ("backwards", "no mode of replay")],
)
def test_what_cannot_be_replayed_says_why(client, world, mode, words):
    message_id = quarantined(client, world)
    with pytest.raises(Refused, match=words):
        replay.plan(message_ids=[message_id], mode=mode, by=world.cast.olga, reason=WHY)
    assert not ReplayPlan.objects.exists()


def test_a_delivered_message_is_not_replayed(client, world):
    message_id = UUID(post(client, world, sample(1)).json()["id"])
    drain()
    with pytest.raises(Refused, match="neither a dead delivery nor is it in quarantine"):
        replay.plan(message_ids=[message_id], mode="current_release", by=world.cast.olga, reason=WHY)


def test_a_rejected_message_is_closed_and_its_key_goes_on(client, world):
    message_id = quarantined(client, world)
    post(client, world, sample(2))
    drain()
    assert world.target.effects == []  # its key waits
    replay_items.reject(message_id=message_id, by=world.cast.olga, reason="A test sample")
    drain()
    assert world.target.references() == ["S-2"]
    assert AuditEvent.objects.filter(kind="message.rejected", actor_id=str(world.cast.olga.pk)).exists()


def test_a_cancelled_delivery_completes_its_message(client, world):
    world.target.status_for["S-1"] = 422
    post(client, world, sample(1))
    drain()
    replay_items.cancel(delivery_id=Delivery.objects.get().id, by=world.cast.olga, reason="Entered by hand")
    assert ClosedDelivery.objects.get().state == "cancelled"
    assert MessageState.objects.get().state == "complete"


def test_a_replay_under_another_mapping_reads_the_stored_bytes(client, world):
    message_id = UUID(post(client, world, sample(1, at="not a date")).json()["id"])
    drain()
    mapping = to_canonical()
    mapping["rules"] = [rule for rule in mapping["rules"] if rule["target"] != "measured_at"]
    release(("mapping", mapping))
    plan = replay.plan(message_ids=[message_id], mode="current_release", by=world.cast.olga, reason=WHY)
    approve_replay(plan, world.cast.quinn)
    drain()
    assert world.target.effects[0]["mapping"] == "2.0.0"
