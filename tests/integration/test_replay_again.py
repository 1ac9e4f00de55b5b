"""Dead deliveries that go again: under which key, with which release, and what is left alone with a sentence."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from governance.guard.transactions import write
from hub.flow.replaying import replay
from hub.flow.replaying.replay_digest import PlanAltered
from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery, InterfaceRelease, MessageState, MessageStep, ReplayItem, ReplayPlan
from tests.factories.deciding import approve_replay
from tests.factories.guards import lifted
from tests.factories.world import connection, interface, release, sample, to_target
from tests.integration.test_delivery import settle_all
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.3"), pytest.mark.req("M4.4")]

WHY = "The fault was mended"
ROUTE = {"connection": "qms-rest", "sink": "results", "mapping": "qms-result"}


def refused(client, world, *numbers: int) -> list[UUID]:
    """Messages that the target refuses for good, until it is mended."""
    world.target.status_for = {f"S-{number}": 422 for number in numbers}
    ids = [UUID(post(client, world, sample(n, lot=f"L-{n}")).json()["id"]) for n in numbers]
    drain()
    world.target.status_for.clear()
    return ids


def given_up(client, world) -> list[UUID]:
    """A message that the target put off until the retry policy was exhausted."""
    world.target.status_for["S-1"] = 429  # said before the record was looked at
    ids = [UUID(post(client, world, sample(1)).json()["id"])]
    settle_all()
    world.target.status_for.clear()
    return ids


def planned(world, ids, mode="same_bytes") -> ReplayPlan:
    return replay.plan(message_ids=ids, mode=mode, by=world.cast.olga, reason=WHY)


def outcome(plan: ReplayPlan) -> tuple[str, str]:
    item = plan.items.get()
    return item.outcome, item.sentence


@pytest.fixture
def free(world):
    """No second person: the plan runs at once."""
    release(("interface", interface(gxp=False)))


def test_what_was_refused_for_good_goes_again_under_a_new_key(client, world, free):
    ids = refused(client, world, 1)
    before = Delivery.objects.get()
    assert outcome(planned(world, ids)) == ("queued", "")
    again = Delivery.objects.get()
    assert again.idempotency_key != before.idempotency_key
    assert again.payload_id == before.payload_id
    assert MessageStep.objects.filter(step="replayed").count() == 1
    drain()
    assert world.target.keys == [again.idempotency_key]


def test_what_was_given_up_keeps_its_key_where_the_bytes_are_the_same(client, world, free):
    ids = given_up(client, world)
    before = Delivery.objects.get(state="dead", reason="exhausted")
    planned(world, ids, "current_release")  # the same bytes, made once more
    assert Delivery.objects.get().idempotency_key == before.idempotency_key


def test_other_bytes_get_another_key(client, world, free):
    ids = given_up(client, world)
    before = Delivery.objects.get(state="dead")
    release(("mapping", to_target(rules=[*to_target()["rules"], {"target": "kind", "constant": "result"}])))
    planned(world, ids, "current_release")
    assert Delivery.objects.get().idempotency_key != before.idempotency_key
    drain()
    assert world.target.effects[0]["kind"] == "result"


@pytest.mark.parametrize("unknown", [{"ask_first": True}, {"reason": "internal"}, {"reason": "unknown_outcome"}])
def test_where_the_record_may_stand_there_already_the_key_stays(client, world, free, unknown):
    ids = refused(client, world, 1)
    with write():
        Delivery.objects.update(**unknown)
    before = Delivery.objects.get().idempotency_key
    release(("mapping", to_target(rules=[*to_target()["rules"], {"target": "kind", "constant": "result"}])))
    planned(world, ids, "current_release")
    assert (Delivery.objects.get().state, Delivery.objects.get().idempotency_key) == ("pending", before)


def test_a_route_that_is_gone_leaves_the_delivery_and_says_so(client, world, free):
    ids = refused(client, world, 1, 2)
    release(("interface", interface(gxp=False, routes=[{"key": "other", **ROUTE}])))
    plan = planned(world, ids[:1], "current_release")
    assert outcome(plan)[0] == "left"
    assert "Release 3 has no route 'qms' any more" in outcome(plan)[1]
    assert Delivery.objects.get(message_id=ids[0]).state == "dead"
    assert outcome(planned(world, ids[1:], "original_release"))[0] == "queued"


def test_a_route_for_which_another_still_waits_is_not_taken_over_by_a_release_that_forgets_it(client, world):
    routes = [{"key": "first", **ROUTE}, {"key": "second", "after": ["first"], **ROUTE}]
    release(("interface", interface(gxp=False, routes=routes)))
    ids = refused(client, world, 1)
    release(("interface", interface(gxp=False, routes=[{"key": "first", **ROUTE}, {"key": "second", **ROUTE}])))
    left, why = outcome(planned(world, ids, "current_release"))
    assert (left, "still waits for 'first'" in why) == ("left", True)
    planned(world, ids, "original_release")
    settle_all()
    assert MessageState.objects.get().state == "complete"


def test_the_delivery_names_the_connection_that_it_uses(client, world, free):
    ids = refused(client, world, 1)
    release(
        ("connection", {**connection(world.target.url), "key": "qms-new"}),
        ("interface", interface(gxp=False, routes=[{"key": "qms", **ROUTE, "connection": "qms-new"}])),
    )
    planned(world, ids, "current_release")
    drain()
    assert ClosedDelivery.objects.get().connection_key == "qms-new"


def test_what_was_never_mapped_has_no_bytes_to_send_again(client, world, free):
    release(
        (
            "mapping",
            to_target(
                rules=[*to_target()["rules"], {"target": "when", "path": "$.lot", "date": {"format": "%d.%m.%Y"}}]
            ),
        )
    )
    ids = [UUID(post(client, world, sample(1)).json()["id"])]
    drain()
    dead = Delivery.objects.get()
    assert (dead.state, dead.payload_id) == ("dead", None)
    with pytest.raises(replay.Refused, match="never mapped for its target; reprocess it instead"):
        planned(world, ids)
    release(("mapping", to_target()))
    assert outcome(planned(world, ids, "current_release"))[0] == "queued"


def test_a_plan_runs_with_the_release_that_was_in_force_when_it_was_made(client, world):
    ids = refused(client, world, 1)
    plan = planned(world, ids, "current_release")
    frozen = InterfaceRelease.objects.get(number=1)
    release(("mapping", to_target(rules=[*to_target()["rules"], {"target": "kind", "constant": "result"}])))
    approve_replay(plan, world.cast.quinn)
    drain()
    assert ClosedDelivery.objects.get().release_id == plan.release_id == frozen.id
    assert "kind" not in world.target.effects[0]


def test_a_list_that_was_altered_after_it_was_frozen_is_not_approved(client, world):
    one, other = refused(client, world, 1, 2)
    plan = planned(world, [one])
    delivery = Delivery.objects.get(message_id=other)
    table = ReplayItem._meta.db_table
    with lifted(), database.cursor() as cursor:  # past the guards, as an owner of the database could
        ids = [x if database.vendor == "postgresql" else x.hex for x in (other, delivery.id, plan.id)]
        cursor.execute(f"UPDATE {table} SET message_id = %s, delivery_id = %s WHERE plan_id = %s", ids)
    with pytest.raises(PlanAltered, match="not the one that was frozen"):
        approve_replay(plan, world.cast.quinn)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"dead"}
    approve_replay(planned(world, [one]), world.cast.quinn)


def test_the_number_of_queries_does_not_grow_with_the_plan(client, world, free):
    few, many = refused(client, world, *range(3)), refused(client, world, *range(10, 40))
    client.force_login(world.cast.olga, backend="django.contrib.auth.backends.ModelBackend")
    counted = []
    for ids, mode in ((few, "same_bytes"), (many, "same_bytes")):
        content = {"messages": [str(one) for one in ids], "mode": mode, "reason": WHY}
        with CaptureQueriesContext(database) as queries:
            answer = client.post("/api/v1/replays", content, content_type="application/json")
        assert {item["outcome"] for item in answer.json()["items"]} == {"queued"}
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 5
    assert counted[1] < 70
    assert ReplayItem.history.filter(history_type="~").count() == 33  # each row's change has its evidence
    drain()
    assert len(world.target.effects) == 33


@pytest.mark.django_db(transaction=True)  # the data key is kept once it is committed
def test_making_new_bytes_for_thirty_takes_few_queries_too(client, world, free):
    ids = refused(client, world, *range(30))
    with CaptureQueriesContext(database) as queries:
        plan = planned(world, ids, "current_release")
    assert plan.items.filter(outcome="queued").count() == 30
    assert len(queries) < 60
