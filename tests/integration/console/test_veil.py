"""Who may not read payloads learns why something failed, but no value of it: on no page and in no answer."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from governance.guard.transactions import write
from governance.models import Refusal
from hub.flow.replaying import replay
from hub.flow.work import drain
from hub.models import Delivery, MessageState
from hub.selectors.mending import exceptions
from tests.factories.world import icd, interface, release, sample
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

NAME = "Anna Muster"


@pytest.fixture
def held(client, world):
    """A message in quarantine, and a plan that left it wrong; Victor may look at both, Olga may read the values."""
    release(("interface", interface(gxp=False)))
    held = post(client, world, sample(1, verdict=NAME)).json()["id"]
    drain()
    return MessageState.objects.get(id=held)


def pages(state: MessageState) -> list[str]:
    group = exceptions.fingerprint_of("quarantined", "IF-001", "", state.reason, state.error_field, state.error_rule)
    return [
        reverse("messages"),
        f"{reverse('messages')}?open={state.id}",
        reverse("message", args=[state.id]),
        reverse("exceptions"),
        f"{reverse('exceptions')}?group={group}",
        reverse("interface", args=["IF-001"]),
        "/api/v1/messages",
        f"/api/v1/messages/{state.id}",
    ]


def test_no_page_and_no_answer_gives_a_value_away(client, world, held):
    assert NAME in held.sentence
    for name, may_read in (("victor", False), ("olga", True)):
        client.force_login(getattr(world.cast, name), backend="django.contrib.auth.backends.ModelBackend")
        shown = {url: client.get(url).content.decode() for url in pages(held)}
        assert {url: NAME in text for url, text in shown.items()} == dict.fromkeys(shown, may_read)
    client.force_login(world.cast.victor, backend="django.contrib.auth.backends.ModelBackend")
    told = client.get(f"/api/v1/messages/{held.id}").json()["message"]
    assert (told["reason"], told["error_field"], told["error_rule"]) == ("unmapped", "$.verdict", "codes")
    assert told["sentence"] == "A code of the record has no mapping."


def test_what_a_target_said_of_a_record_is_for_those_who_may_read_it(client, world):
    world.target.status_for["S-2"] = 422
    message = post(client, world, sample(2)).json()["id"]
    drain()
    told = {}
    for name in ("victor", "olga"):
        client.force_login(getattr(world.cast, name), backend="django.contrib.auth.backends.ModelBackend")
        told[name] = client.get(f"/api/v1/messages/{message}").json()["deliveries"][0]
    assert told["victor"]["sentence"] == "The target refused the record."
    assert told["victor"]["attempts"][0]["detail"] == ""
    assert told["olga"]["sentence"] != told["victor"]["sentence"]
    assert told["victor"]["attempts"][0]["status"] == 422


def test_what_a_target_said_about_a_field_may_quote_its_value_too(client, world):
    world.target.status_for["S-2"] = 422
    message = post(client, world, sample(2)).json()["id"]
    drain()
    said = {"error_field": "reference", "error_rule": f"{NAME} is no reference"}
    with write():
        Delivery.objects.update(**said)
    for name, may_read in (("victor", False), ("olga", True)):
        client.force_login(getattr(world.cast, name), backend="django.contrib.auth.backends.ModelBackend")
        group = next(one for one in exceptions.groups(getattr(world.cast, name)) if one.field == "reference")
        for url in (f"/api/v1/messages/{message}", f"{reverse('exceptions')}?group={group.fingerprint}"):
            page = client.get(url).content.decode()
            assert (NAME in page, "reference" in page) == (may_read, True)
        assert len(exceptions.items(group, may_read=may_read)) == 1


def test_an_outcome_of_a_replay_gives_no_value_away(client, world):
    release(("interface", interface(gxp=False)))
    world.target.status_for["S-1"] = 422
    message = UUID(post(client, world, sample(1, lot=NAME)).json()["id"])
    drain()
    from tests.factories.world import to_target

    rules = [*to_target()["rules"], {"target": "when", "path": "$.lot", "date": {"format": "%d.%m.%Y"}}]
    release(("mapping", to_target(rules=rules)))
    plan = replay.plan(message_ids=[message], mode="current_release", by=world.cast.olga, reason="The rule was mended")
    assert (plan.items.get().outcome, NAME in plan.items.get().sentence) == ("still_wrong", True)
    for name, may_read in (("victor", False), ("olga", True)):
        client.force_login(getattr(world.cast, name), backend="django.contrib.auth.backends.ModelBackend")
        for url in (reverse("replay", args=[plan.id]), f"/api/v1/replays/{plan.id}"):
            assert (NAME in client.get(url).content.decode()) is may_read


def test_a_refusal_at_the_door_keeps_no_value(client, world):
    schema = icd()["schema"]
    schema["properties"] = {**schema["properties"], "sample": {"type": "string", "pattern": "^S-"}}
    release(("icd", icd(schema=schema)))
    answer = post(client, world, {"sample": NAME, "lot": ["L-1"]})
    assert NAME in answer.content.decode()  # who sent it may read what they sent
    kept = Refusal.objects.get()
    assert (kept.status, kept.field, kept.rule, kept.value) == (422, "$.lot", "type", "")
    post(client, world, sample(1))
    post(client, world, sample(1, lot=NAME))
    conflict = Refusal.objects.get(status=409)
    assert NAME not in f"{kept.sentence}{conflict.sentence}"
    assert "S-1" not in f"{conflict.sentence}{conflict.value}"
