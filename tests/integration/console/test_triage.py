"""Exceptions are given to persons and linked to deviations; a replay is tried dry before anything happens."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.guard.transactions import write
from governance.ids import uuid7
from governance.models import AuditEvent
from hub.flow.replaying import replay, replay_run
from hub.flow.sweep import sweep
from hub.flow.work import drain
from hub.models import Delivery, Message, MessageState, ReplayPlan, Triage
from hub.selectors.mending import exceptions
from hub.services.grants import allow_role
from tests.factories.guards import lifted
from tests.factories.world import release, sample, to_target
from tests.functional.busy import COMPLAINTS, LAB, QUIET, send

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]

REASON = "The laboratory asked us to look at it."


def group_of(person, state: str, interface: str = LAB) -> exceptions.Group:
    return next(one for one in exceptions.groups(person, interface=interface) if one.state == state)


def test_a_group_is_given_to_a_person_with_a_reason(busy, as_person):
    group, olga = group_of(busy.cast.olga, "dead"), as_person("olga")
    url = reverse("exceptions-assign", args=[group.fingerprint])
    assert olga.post(url, {"person": "quinn", "reason": ""}).status_code == 422
    assert olga.post(url, {"person": "quinn", "reason": REASON}).status_code == 302
    mine = as_person("quinn").get(f"{reverse('exceptions')}?assigned=me").context["rows"]
    assert [one.fingerprint for one in mine] == [group.fingerprint]
    assert not olga.get(f"{reverse('exceptions')}?assigned=me").context["rows"]
    event = AuditEvent.objects.get(kind="exceptions.assigned")
    assert (event.facts["to"], event.reason, event.interface_key) == ("Quinn Mbeki", REASON, LAB)
    olga.post(url, {"person": "", "reason": REASON})
    assert Triage.objects.get().assigned_to is None
    assert Triage.history.count() == 2


def test_it_is_given_to_nobody_who_may_not_look(busy, as_person):
    allow_role(role="operator", permission="operate_interface", interface_key=QUIET, by=DEMONSTRATION, reason=REASON)
    send(QUIET, {**sample(0), "sample": "Y-1", "verdict": "MAYBE"})
    drain()
    url = reverse("exceptions-assign", args=[group_of(busy.cast.olga, "quarantined", QUIET).fingerprint])
    given = {"person": "rick", "reason": REASON}
    assert as_person("olga").post(url, given).status_code == 422  # Rick may not look at it
    assert as_person("quinn").post(url, given).status_code == 404  # nor may Quinn
    assert not Triage.objects.exists()


def test_an_unknown_person_is_refused_with_the_rule(busy, as_person):
    url = reverse("exceptions-assign", args=[group_of(busy.cast.olga, "dead").fingerprint])
    answer = as_person("olga").post(url, {"person": "mallory", "reason": REASON})
    assert answer.status_code == 422
    assert "There is no person" in answer.content.decode()


def test_a_group_is_linked_to_a_deviation_and_found_by_it(busy, as_person):
    group, olga = group_of(busy.cast.olga, "dead"), as_person("olga")
    url = reverse("exceptions-link", args=[group.fingerprint])
    assert olga.post(url, {"deviation": "<script>", "reason": REASON}).status_code == 422
    assert olga.post(url, {"deviation": "DEV-2026-0117", "reason": REASON}).status_code == 302
    found = olga.get(f"{reverse('exceptions')}?deviation=DEV-2026-0117").context["rows"]
    assert [one.fingerprint for one in found] == [group.fingerprint]


def test_who_only_looks_is_refused_and_sees_why(busy, as_person):
    group, victor = group_of(busy.cast.victor, "dead"), as_person("victor")
    assert victor.post(reverse("exceptions-assign", args=[group.fingerprint]), {"reason": REASON}).status_code == 403
    page = victor.get(f"{reverse('exceptions')}?group={group.fingerprint}").content.decode()
    assert "You may look at IF-001, but not operate it." in page
    assert victor.post(reverse("exceptions-assign", args=["0" * 12]), {"reason": REASON}).status_code == 404


def test_same_bytes_are_not_offered_where_nothing_was_made_for_the_target(busy, as_person):
    olga = as_person("olga")
    for state, offered in (("quarantined", False), ("dead", True)):
        group = group_of(busy.cast.olga, state)
        page = olga.get(f"{reverse('exceptions')}?group={group.fingerprint}").content.decode()
        assert ('value="same_bytes"' in page) is offered
        assert ("nothing was made for the target yet" in page) is not offered


def test_the_preview_offers_no_other_ways_than_the_group_did(busy, as_person):
    olga = as_person("olga")
    for state, offered in (("quarantined", False), ("dead", True)):
        ids = [str(one) for one in exceptions.member_ids(group_of(busy.cast.olga, state), most=10)]
        given = {"message": ids, "reason": REASON}
        page = olga.post(reverse("replay-new"), {**given, "mode": "current_release"}).content.decode()
        assert ('value="same_bytes"' in page) is offered
        asked = olga.post(reverse("replay-new"), {**given, "mode": "same_bytes"})
        assert asked.status_code == (200 if offered else 422)
        assert ("nothing was made for the target yet" in asked.content.decode()) is not offered


def test_what_cannot_be_read_stands_in_one_group_wherever_it_lay(busy):
    with write():
        MessageState.objects.filter(interface_key=LAB, state="quarantined").delete()
    for number, message in enumerate(Message.objects.filter(interface_key=LAB)[:3]):
        with lifted():
            MessageState.objects.filter(id=message.id).update(
                state="quarantined",
                reason="unreadable",
                error_field=f"ncr_{number}.csv/line {number}/4d148c9d",
                error_rule="",
            )
    group = group_of(busy.cast.olga, "quarantined")
    assert (group.count, group.field) == (3, "")
    assert len(exceptions.member_ids(group, most=10)) == 3
    assert len(exceptions.items(group, may_read=True)) == 3


def preview(client, **given) -> str:
    answer = client.post(reverse("replay-new"), {"reason": REASON, **given})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_dry_run_shows_what_a_newer_release_would_send_instead(busy, as_person):
    rules = [*to_target()["rules"], {"target": "kind", "constant": "mended"}]
    release(("mapping", to_target(rules=rules)))
    said = preview(as_person("olga"), message=[str(busy.dead)], mode="current_release")
    assert "1 other bytes than before" in said
    assert '"kind": "mended"' in said.replace("&quot;", '"')
    assert "Sent last" in said
    assert Delivery.objects.get(message_id=busy.dead).state == "dead"
    assert not ReplayPlan.objects.exists()
    assert AuditEvent.objects.filter(kind="payload.viewed", facts__stage="a dry run of a replay, masked").count() == 1


def test_a_dry_run_counts_what_would_still_be_wrong(busy, as_person):
    group = group_of(busy.cast.olga, "quarantined")
    ids = [str(one) for one in exceptions.member_ids(group, most=10)]
    assert "3 still wrong" in preview(as_person("olga"), message=ids, mode="current_release")
    codes = {"OK": "pass", "NOK": "fail", "MAYBE": "fail"}
    listed = {"pass": {"label": "Passed"}, "fail": {"label": "Failed"}}
    release(("code_list", {"key": "verdict", "label": "Verdict", "codes": listed, "crosswalks": {"lims": codes}}))
    assert "3 sent for the first time" in preview(as_person("olga"), message=ids, mode="current_release")
    assert "3 still wrong" in preview(as_person("olga"), message=ids, mode="original_release")
    assert MessageState.objects.filter(state="quarantined").count() == 4


def test_the_same_bytes_are_said_to_be_the_same(busy, as_person):
    assert "1 the same bytes as before" in preview(as_person("olga"), message=[str(busy.dead)], mode="same_bytes")


def test_a_whole_group_is_planned_as_it_was_shown_or_not_at_all(busy, as_person, monkeypatch):
    monkeypatch.setattr(replay_run, "PORTION", 2)
    monkeypatch.setattr(replay, "AT_ONCE", 2)
    ids = send(COMPLAINTS, *({**sample(0), "sample": f"C-3{n}", "verdict": "MAYBE"} for n in range(5)))
    drain()
    group, olga = group_of(busy.cast.olga, "quarantined", COMPLAINTS), as_person("olga")
    given = {"group": group.fingerprint, "whole": "1", "mode": "current_release", "reason": REASON}
    page = olga.post(reverse("replay-new"), given).content.decode()
    seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    send(COMPLAINTS, {**sample(0), "sample": "C-39", "verdict": "MAYBE"})
    drain()
    changed = olga.post(reverse("replay-new"), {**given, "seen": seen, "go": "1"})
    assert changed.status_code == 422
    assert "The group has other members than you were shown." in changed.content.decode()
    assert not ReplayPlan.objects.exists()
    seen = re.findall(r'name="seen" value="([^"]+)"', changed.content.decode())[0]
    olga.post(reverse("replay-new"), {**given, "seen": seen, "go": "1"})
    plan = ReplayPlan.objects.get()
    assert (plan.state, plan.size) == ("running", len(ids) + 1)
    shown = olga.get(reverse("replay", args=[plan.id])).content.decode()
    assert "0 of 6 reached" in shown
    sweep()
    assert "6 of 6 reached" in olga.get(reverse("replay", args=[plan.id])).content.decode()


def test_a_plan_is_stopped_from_its_page_with_a_reason(busy, as_person):
    olga = as_person("olga")
    olga.post(reverse("replay-new"), {"message": [str(busy.dead)], "mode": "same_bytes", "reason": REASON, "go": "1"})
    plan = ReplayPlan.objects.get()
    url = reverse("replay-stop", args=[plan.id])
    assert as_person("victor").post(url, {"reason": REASON}).status_code == 403
    assert olga.post(url, {"reason": ""}).status_code == 422
    assert olga.post(url, {"reason": REASON}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "stopped"
    assert olga.post(url, {"reason": REASON}).status_code == 422
    signing = as_person("quinn").get(reverse("sign", args=["replay", str(plan.id), "approved"]))
    assert "This plan is stopped already." in signing.content.decode()


@pytest.mark.parametrize("query", ["outcome=strange", "from=-1", "colour=red"])
def test_a_plan_is_asked_only_what_it_knows(busy, as_person, query):
    olga = as_person("olga")
    olga.post(reverse("replay-new"), {"message": [str(busy.dead)], "mode": "same_bytes", "reason": REASON, "go": "1"})
    assert olga.get(f"{reverse('replay', args=[ReplayPlan.objects.get().id])}?{query}").status_code == 400


def another_route(message) -> Delivery:
    """The delivery of this message by another route, dead too, of another group."""
    dead = Delivery.objects.get(message_id=message)
    dead.id, dead.route_key, dead.error_rule = uuid7(), "stock", "another rule"
    dead.idempotency_key = str(dead.id)
    with write():
        dead.save(force_insert=True)
    return dead


def test_a_replay_of_a_group_leaves_the_deliveries_of_other_groups_alone(busy, as_person):
    group, olga = group_of(busy.cast.olga, "dead"), as_person("olga")
    other = another_route(busy.dead)
    ids = [str(one) for one in exceptions.member_ids(group, most=10)]
    given = {"group": group.fingerprint, "message": ids, "mode": "same_bytes", "reason": REASON}
    said = preview(olga, **given)
    assert f"Replay {len(ids)} deliver" in said
    assert f"{len(ids)} the same bytes as before" in said
    assert "stock" not in said
    assert f'name="group" value="{group.fingerprint}"' in olga.post(reverse("replay-new"), given).content.decode()
    olga.post(reverse("replay-new"), {**given, "go": "1"})
    plan = ReplayPlan.objects.get()
    assert other.id not in plan.items.values_list("delivery_id", flat=True)
    assert plan.size == len(ids)


def test_a_replay_of_a_message_names_the_route_of_each_delivery(busy, as_person):
    another_route(busy.dead)
    olga, given = as_person("olga"), {"message": [str(busy.dead)], "mode": "same_bytes", "reason": REASON}
    said = preview(olga, **given)
    assert "Replay 2 deliveries of 1 message?" in said
    assert "By route: qms 1, stock 1." in said
    olga.post(reverse("replay-new"), {**given, "go": "1"})
    shown = olga.get(reverse("replay", args=[ReplayPlan.objects.get().id])).content.decode()
    assert re.findall(r'by the route <span class="mono">(\w+)<', shown) == ["qms", "stock"]


def test_a_preview_refuses_a_reason_that_says_nothing_beside_its_field(busy, as_person):
    given = {"message": [str(busy.dead)], "mode": "same_bytes", "reason": "."}
    answer = as_person("olga").post(reverse("replay-new"), given)
    assert answer.status_code == 422
    assert "says too little" in answer.context["form"].errors["reason"][0]
    assert "Replay 1 delivery of 1 message?" in answer.content.decode()


def test_a_group_that_is_not_there_is_named(busy, as_person):
    answer = as_person("olga").get(f"{reverse('exceptions')}?group=zzz")
    assert answer.status_code == 200  # it may have emptied itself since the address was kept
    assert "The group “zzz” has no member now" in answer.content.decode()
