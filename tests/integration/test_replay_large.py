"""A plan that is too large to wait for runs in portions: it goes on where it was, and a person can stop it."""

from __future__ import annotations

from threading import Thread
from uuid import UUID

import pytest
from django.db import connection as database
from django.db import transaction

from governance.errors import NotAllowed, Refused
from governance.guard.transactions import write
from governance.models import AuditEvent
from hub.flow.replaying import replay, replay_run, replay_work
from hub.flow.sweep import sweep
from hub.flow.work import drain
from hub.models import Delivery, MessageStep, ReplayItem, ReplayPlan
from tests.factories.deciding import approve_replay
from tests.factories.guards import lifted
from tests.factories.world import interface, release
from tests.integration.test_replay_again import WHY, refused

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.3")]


@pytest.fixture
def small_portions(monkeypatch):
    """So that seven items are many."""
    monkeypatch.setattr(replay_run, "PORTION", 3)
    monkeypatch.setattr(replay, "AT_ONCE", 3)


@pytest.fixture
def plan(client, world, small_portions) -> ReplayPlan:
    """Seven dead deliveries, planned by Olga; no second person is needed."""
    release(("interface", interface(gxp=False)))
    return replay.plan(message_ids=refused(client, world, *range(7)), mode="same_bytes", by=world.cast.olga, reason=WHY)


def reached(plan: ReplayPlan) -> int:
    return plan.items.exclude(outcome="").count()


def killed_before_the_commit() -> None:
    with transaction.atomic():
        replay_work.advance()
        raise KeyboardInterrupt


def test_it_is_put_on_its_way_and_runs_portion_by_portion(world, plan):
    assert (plan.state, reached(plan)) == ("running", 0)
    for count in (3, 6, 7):
        assert replay_work.advance()
        assert reached(plan) == count
    assert not replay_work.advance()
    plan.refresh_from_db()
    assert plan.state == "done"
    assert AuditEvent.objects.get(kind="replay.executed").facts == {"done": 7, "size": 7}
    drain()
    assert len(world.target.effects) == 7


def test_the_tick_takes_it_along(world, plan):
    sweep()
    plan.refresh_from_db()
    assert plan.state == "done"


def test_what_a_killed_worker_did_not_commit_is_done_once_more_and_the_rest_is_kept(world, plan):
    replay_work.advance()
    with pytest.raises(KeyboardInterrupt):
        killed_before_the_commit()
    assert reached(plan) == 3
    while replay_work.advance():
        pass
    assert MessageStep.objects.filter(step="replayed").count() == 7
    drain()
    assert len(world.target.effects) == 7


def test_it_runs_under_the_name_of_who_stands_behind_it(client, world, small_portions):
    plan = replay.plan(message_ids=refused(client, world, *range(5)), mode="same_bytes", by=world.cast.olga, reason=WHY)
    replay_work.advance()
    assert reached(plan) == 0  # it waits for a second person
    approve_replay(plan, world.cast.quinn)
    replay_work.advance()
    assert set(MessageStep.objects.filter(step="replayed").values_list("actor_name", flat=True)) == {"Quinn Mbeki"}


def test_a_person_stops_it_with_a_reason_and_what_was_not_reached_stays_dead(world, plan):
    replay_work.advance()
    with pytest.raises(NotAllowed):
        replay_work.stop(plan_id=plan.id, by=world.cast.victor, reason="The target is down again")
    replay_work.stop(plan_id=plan.id, by=world.cast.quinn, reason="The target is down again")
    assert not replay_work.advance()
    assert Delivery.objects.filter(state="dead").count() == 4
    event = AuditEvent.objects.get(kind="replay.stopped")
    assert (event.facts, event.reason) == ({"left": 4, "size": 7}, "The target is down again")
    with pytest.raises(Refused, match="nothing to stop"):
        replay_work.stop(plan_id=plan.id, by=world.cast.quinn, reason="Once more")


def test_a_list_that_is_altered_under_way_runs_no_further(world, plan):
    replay_work.advance()
    last = plan.items.last()
    with lifted(), database.cursor() as cursor:  # past the guards, as an owner of the database could
        ids = [x if database.vendor == "postgresql" else x.hex for x in (UUID(int=1), last.id)]
        cursor.execute(f"UPDATE {ReplayItem._meta.db_table} SET message_id = %s WHERE id = %s", ids)
    while replay_work.advance():
        pass
    plan.refresh_from_db()
    assert (plan.state, reached(plan)) == ("refused", 3)
    assert "not the one that was frozen" in AuditEvent.objects.get(kind="replay.refused").sentence


def test_a_plan_that_cannot_run_is_given_up_and_keeps_nothing_else_from_its_work(client, world, small_portions):
    """The wrong one is older; the tick still takes back a lease that ran out, and the other plan is done."""
    release(("interface", interface(gxp=False)))
    ids = refused(client, world, *range(10))
    wrong = replay.plan(message_ids=ids[:5], mode="original_release", by=world.cast.olga, reason=WHY)
    right = replay.plan(message_ids=ids[5:], mode="same_bytes", by=world.cast.olga, reason=WHY)
    with write():
        Delivery.objects.filter(message_id=ids[3]).update(release_id=UUID(int=1))  # no such release
    sweep()
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.state, reached(wrong), right.state) == ("refused", 3, "done")
    assert "A fault of the hub (DoesNotExist)" in AuditEvent.objects.get(kind="replay.refused").sentence
    assert Delivery.objects.filter(state="dead", message_id__in=ids).count() == 2


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_second_worker_leaves_a_portion_that_is_under_way_alone(world, plan):
    """It says that there is nothing for it to do, so that its tick ends instead of asking again and again."""
    if database.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: SQLite has one writer")
    said = []

    def second_worker():
        said.append(replay_work.advance())
        database.close()

    with transaction.atomic():
        ReplayPlan.objects.select_for_update().get(id=plan.id)
        other = Thread(target=second_worker)
        other.start()
        other.join()
    assert (said, reached(plan)) == ([False], 0)
