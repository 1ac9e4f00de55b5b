"""What one bad row, one slow worker or one fault of our own must not cost: the others, order, or a second effect."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import OperationalError, transaction
from django.db import connection as database
from django.utils import timezone

from dictionary.values import json
from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.errors import Refused
from governance.guard.transactions import write
from hub.flow import control
from hub.flow.batch import BatchSize
from hub.flow.preparing import prepare, routing
from hub.flow.preparing.prepared import DELIVERY_COLUMNS
from hub.flow.replaying import replay
from hub.flow.runtime import RetryPolicy, running
from hub.flow.sending import clients, closing, retry
from hub.flow.sending.attempt import attempt
from hub.flow.sending.deliver import deliver
from hub.flow.sending.lease import lease
from hub.flow.sending.settle import settle
from hub.flow.sending.waves import waves_of
from hub.flow.states import NEVER, Reason
from hub.flow.sweep import sweep
from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery, Message, MessageState
from tests.factories.deciding import approve_replay
from tests.factories.processes import until
from tests.factories.world import connection, interface, release, sample, to_canonical
from tests.integration.test_delivery import NONE, PROBE, settle_all
from tests.integration.test_intake import event, post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M4.4")]

WHY = "The cause is mended"
EVENT, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


def states() -> dict[str, str]:
    keys = dict(Message.objects.values_list("id", "business_key"))
    return {keys[one.id]: one.state for one in MessageState.objects.all()}


def try_one(held):
    """One try of the first delivery of a lease."""
    first = next(waves_of(held))
    (outcome,) = attempt(replace(first, deliveries=first.deliveries[:1]), held.token)
    return outcome


def broken_for(function, bad: str, error: Exception):
    """``function``, failing for the message of that business key."""

    def failing(*args, **kwargs):
        if any(bad in repr(arg) for arg in args):
            raise error
        return function(*args, **kwargs)

    return failing


# --- one bad row ----------------------------------------------------------------------------------------


def test_a_fault_of_ours_while_preparing_costs_that_message_only(client, world, monkeypatch):
    monkeypatch.setattr(routing, "_route", broken_for(routing._route, "'S-2'", KeyError("a bug")))
    for number in (1, 2, 3):
        post(client, world, sample(number, lot=f"L-{number}"))
    drain()
    assert states() == {"S-1": "complete", "S-2": "quarantined", "S-3": "complete"}
    held = MessageState.objects.get(state="quarantined")
    assert (held.reason, "fault of the hub" in held.sentence) == (str(Reason.INTERNAL), True)


def test_a_row_that_the_database_refuses_costs_that_message_only(client, world, monkeypatch):
    made = routing.delivery_row
    at = DELIVERY_COLUMNS.index("state")

    def without_a_state(delivery_id, message, *rest):
        row = made(delivery_id, message, *rest)
        return row if message.business_key != "S-2" else (*row[:at], None, *row[at + 1 :])

    monkeypatch.setattr(routing, "delivery_row", without_a_state)
    for number in (1, 2, 3):
        post(client, world, sample(number, lot=f"L-{number}"))
    drain()
    assert states() == {"S-1": "complete", "S-2": "quarantined", "S-3": "complete"}


def test_an_outcome_that_cannot_be_written_costs_its_delivery_only(client, world, monkeypatch):
    made = closing._closed

    def without_a_state(row, receipt, state):
        closed = made(row, receipt, state)
        return closed._replace(state=None) if receipt.external_id == "2" else closed

    monkeypatch.setattr(closing, "_closed", without_a_state)
    for number in (1, 2, 3):
        post(client, world, sample(number, lot=f"L-{number}"))
    drain()
    assert ClosedDelivery.objects.count() == 2
    left = Delivery.objects.get()
    assert left.state == "leased"  # runs out, is in doubt, and is settled by the target's word
    monkeypatch.undo()
    with write():
        Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    sweep()
    settle_all()
    assert ClosedDelivery.objects.count() == 3
    assert len(world.target.effects) == 3


def test_a_target_that_asks_for_an_endless_pause_is_asked_again_after_a_day():
    policy = RetryPolicy.of({})
    for asked in (1e15, float("inf")):
        assert retry.wait(policy, timedelta(0), retry_after=asked) == timedelta(days=1)
    assert retry.wait(policy, timedelta(0), retry_after=400) == timedelta(seconds=400)


# --- a worker that is slow, or stops ----------------------------------------------------------------------


@pytest.mark.parametrize(("offer", "waits"), [({}, False), (PROBE, True)], ids=["native", "probe"])
def test_a_stuck_worker_may_still_be_writing_when_its_lease_is_over(client, world, offer, waits):
    """A target that is asked too early says "no", and would get the record twice."""
    if offer:
        release(("connection", connection(world.target.url, **offer)))
    post(client, world, sample(1))
    prepare.prepare()
    stuck = lease()
    with write():
        Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    sweep()
    assert deliver() == (0 if waits else 1)
    try_one(stuck)  # the write comes through, late
    settle_all()
    assert world.target.references() == ["S-1"]
    assert ClosedDelivery.objects.get().state == "confirmed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("database.vendor != 'postgresql'", reason="SQLite has one writer: two cannot settle at once")
def test_routes_that_close_at_the_same_moment_complete_their_message(client, world):
    routes = [{"key": key, "connection": "qms-rest", "sink": "results", "mapping": "qms-result"} for key in "ab"]
    release(("interface", interface(routes=routes)))
    world.target.honours_keys = False
    post(client, world, sample(1))
    prepare.prepare()
    (first, second) = (lease(1), lease(1))
    outcomes = [try_one(held) for held in (first, second)]
    done = threading.Event()

    def other_worker() -> None:
        settle([outcomes[1]], second.token)
        database.close()
        done.set()

    with transaction.atomic():
        settle([outcomes[0]], first.token)
        thread = threading.Thread(target=other_worker)
        thread.start()
        until(lambda: done.is_set() or is_somebody_waiting(), "The second worker's turn")
    thread.join()
    assert MessageState.objects.get().state == "complete"


def is_somebody_waiting() -> bool:
    """For a lock that this connection holds."""
    with database.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))")
        return cursor.fetchone()[0]


# --- our own fault after the effect -------------------------------------------------------------------------


@pytest.mark.parametrize(("offer", "state"), [(PROBE, "dead"), (NONE, "in_doubt")], ids=["probe", "none"])
def test_a_fault_after_the_effect_never_makes_a_second_one(client, world, monkeypatch, offer, state):
    release(("connection", connection(world.target.url, **offer)))
    world.target.honours_keys = False
    monkeypatch.setattr("connectors.writing.RestSink.receipt_of", lambda *_: {}["a bug"])
    message_id = UUID(post(client, world, sample(1)).json()["id"])
    drain()
    held = Delivery.objects.get()
    assert (held.state, held.ask_first, held.reason) == (state, True, str(Reason.INTERNAL))
    monkeypatch.undo()
    if state == "dead":
        plan = replay.plan(message_ids=[message_id], mode="same_bytes", by=world.cast.olga, reason=WHY)
        approve_replay(plan, world.cast.quinn)
        settle_all()
        assert ClosedDelivery.objects.get().state == "confirmed"
    assert world.target.references() == ["S-1"]


# --- the door, and what is told of the origin -----------------------------------------------------------------


def test_an_event_alone_and_in_a_batch_is_the_same_event(client, world):
    spaced = json.dumps(event(1)).replace(b",", b" , ")
    assert post(client, world, spaced, media=EVENT).status_code == 202
    again = post(client, world, [event(1)], media=BATCH)
    assert (again.status_code, again.json()["items"][0]["duplicate"]) == (202, True)
    other = post(client, world, [event(1, data=sample(1, verdict="NOK"))], media=BATCH).json()["items"][0]
    assert other["status"] == 409


def test_a_character_that_no_column_holds_does_not_turn_the_batch_away(client, world):
    batch = [event(1, type="lims.\x00", correlationid="c\x00"), event(2)]
    answer = post(client, world, batch, media=BATCH)
    assert [item["status"] for item in answer.json()["items"]] == [202, 202]


def test_a_batch_of_repeats_is_answered_as_the_first_ones_were(client, world):
    batch = [event(number) for number in range(1, 6)]
    first = post(client, world, batch, media=BATCH).json()["items"]
    again = post(client, world, [*reversed(batch)], media=BATCH).json()["items"]
    assert [item["id"] for item in reversed(again)] == [item["id"] for item in first]
    assert all(item["duplicate"] for item in again)
    assert Message.objects.count() == 5


def test_a_replay_tells_which_mapping_made_the_canonical_entity(client, world):
    world.target.status_for["S-1"] = 422
    message_id = UUID(post(client, world, sample(1)).json()["id"])
    drain()
    release(("mapping", to_canonical(label="Result of the lab system, second edition")))
    world.target.status_for.clear()
    plan = replay.plan(message_ids=[message_id], mode="current_release", by=world.cast.olga, reason=WHY)
    approve_replay(plan, world.cast.quinn)
    drain()
    assert world.target.effects[0]["mapping"] == "1.0.0"


# --- between lease and settlement ---------------------------------------------------------------------------------


def test_a_database_that_goes_away_before_a_send_makes_no_delivery_dead(client, world, monkeypatch):
    release(("connection", connection(world.target.url, **NONE)))
    post(client, world, sample(1))
    prepare.prepare()

    def gone(*_):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("hub.flow.sending.lease.mark_sending", gone)
    with pytest.raises(OperationalError):
        deliver()
    assert Delivery.objects.get().state == "leased"  # and runs out
    assert world.target.calls == 0


def test_a_release_that_cannot_be_read_costs_its_own_deliveries_only(client, world, monkeypatch):
    """Two releases in one batch; that of the second message cannot be read."""
    for number in (1, 2, 3):
        if number == 2:
            release(("interface", interface(label="Released again")))
        post(client, world, sample(number, lot=f"L-{number}"))
        if number == 2:
            release(("interface", interface()))
    prepare.prepare()
    middle = MessageState.objects.get(id=Message.objects.get(business_key="S-2").id).release_id

    def unreadable_once(release_id):
        if release_id == middle:
            raise KeyError("a kind that this build does not know")
        return running(release_id)

    monkeypatch.setattr("hub.flow.sending.waves.running", unreadable_once)
    deliver()
    assert sorted(world.target.references()) == ["S-1", "S-3"]
    assert ClosedDelivery.objects.count() == 2
    assert (Delivery.objects.get().state, Delivery.objects.get().reason) == ("dead", "internal")


def test_a_question_that_is_refused_leaves_the_delivery_in_doubt(client, world):
    """The probe's 400 says nothing of the record, which may stand at the target."""
    release(("connection", connection(world.target.url, **PROBE)))
    world.target.honours_keys = False
    world.target.drop_next = 1
    world.target.refuses_questions = True
    post(client, world, sample(1))
    settle_all()
    held = Delivery.objects.get()
    assert (held.state, held.due_at, held.reason) == ("in_doubt", NEVER, "unknown_outcome")
    assert world.target.references() == ["S-1"]


@pytest.mark.parametrize(("looks_after", "at_once", "sent"), [(0.0, 1, 1), (0.0, 4, 4), (3600.0, 1, 5)])
def test_a_pause_stops_the_batch_in_flight(client, world, monkeypatch, looks_after, at_once, sent):
    """What is under way ends, nothing more begins. The wrong case beside it: who never looks again sends everything."""
    release(("connection", connection(world.target.url, at_once=at_once)))
    for number in range(5):
        post(client, world, sample(number, lot=f"L-{number}"))
    prepare.prepare()
    monkeypatch.setattr("hub.flow.sending.watch.LOOK_SECONDS", looks_after)
    opened, paused = clients.client, []

    def pausing(connection):
        if not paused:
            paused.append(True)
            control.pause(interface_key=world.interface, by=world.cast.olga, reason="The wrong lots are going out")
        return opened(connection)

    monkeypatch.setattr("hub.flow.sending.clients.client", pausing)
    deliver()
    assert len(world.target.effects) == sent
    assert Delivery.objects.filter(state="pending").count() == 5 - len(world.target.effects)


def test_a_batch_of_large_payloads_makes_the_next_one_smaller():
    rows = BatchSize(200)
    first = rows.rows
    rows.seen(first, 1_000)
    assert rows.rows > first
    for _ in range(20):
        rows.seen(rows.rows, 100 * 1024 * 1024)
    assert rows.rows == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("database.vendor != 'postgresql'", reason="SQLite has one writer: two cannot propose at once")
def test_what_one_change_retires_another_cannot_come_to_use(client, world):
    spare = {**connection(world.target.url), "key": "spare"}
    release(("connection", spare))
    said, done = [], threading.Event()

    def use_it() -> None:
        try:
            routes = [{"key": "qms", "connection": "spare", "sink": "results", "mapping": "qms-result"}]
            release(("interface", interface(routes=routes)))
        except Refused as error:
            said.append(str(error))
        finally:
            database.close()
            done.set()

    with transaction.atomic():
        propose(operations=[Operation("connection", "spare", None)], title="Retire", by=DEMONSTRATION, reason=WHY)
        thread = threading.Thread(target=use_it)
        thread.start()
        until(lambda: done.is_set() or is_somebody_waiting(), "The other proposal's turn")
    thread.join()
    assert len(said) == 1
    assert "spare" in said[0]


@pytest.mark.parametrize("field", ["sample", "lot", "verdict"])
def test_a_nul_in_a_record_is_kept_or_quarantined_and_costs_nobody_else_anything(client, world, field):
    post(client, world, {**sample(1, lot="L-1"), field: "a\x00b"}, **{"Idempotency-Key": "odd"})
    post(client, world, sample(2, lot="L-2"))
    drain()
    assert MessageState.objects.filter(state="received").count() == 0
    assert "S-2" in world.target.references()


def test_a_time_without_a_utc_is_no_reason_to_lose_the_batch(client, world):
    batch = [event(1, time="9999-12-31T23:59:59-14:00"), event(2)]
    answer = post(client, world, batch, media=BATCH)
    assert answer.status_code in (202, 207)
    assert answer.json()["items"][1]["status"] == 202
