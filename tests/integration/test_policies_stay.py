"""Approval policies change only as they themselves ask for, and a hub that had one never goes without."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.changes import Operation, propose, rules, stages
from governance.changes.choosing import policies
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.changes.releasing import rollback
from governance.changes.weighing.risk import risk_of
from governance.errors import ContentRefused, Refused
from governance.models import ChangeOperation, ChangeRequest, Revision
from governance.models.change_request import ChangeState
from tests.factories.deciding import (
    another_reviewer,
    approved,
    engineer,
    put_policies_in_force,
    release_signed,
    released,
    sign,
    starter_policies,
)
from tests.factories.world import REASON, to_canonical
from tests.integration.console.test_change_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M7.5")]

KIND = policies.KIND
EVERY = next(one for one in starter_policies() if one["key"] == "every-change")
STRICTER = {**EVERY, "steps": [{**EVERY["steps"][0], "quorum": 2}]}
MAPPING = to_canonical(rules=to_canonical()["rules"][:2])
NO_EMERGENCY = r"changes the approval policy 'every-change': that is no emergency. Propose it as an ordinary change"


@pytest.fixture
def house(world):
    world.ivo = engineer()
    world.first = put_policies_in_force(world.cast, world.ivo)
    world.rena = another_reviewer()
    return world


def mapping() -> Operation:
    return Operation("mapping", MAPPING["key"], MAPPING)


def policy(content, key="every-change") -> Operation:
    return Operation(KIND, key, content)


def drafted(house, *operations) -> ChangeRequest:
    return draft(operations=operations, title="Another policy", by=house.ivo, reason=REASON)


def proposed(house, *operations) -> ChangeRequest:
    return propose(operations=operations, title="Another policy", by=house.ivo, reason=REASON)


def now(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=request.pk)


def declare(house, request: ChangeRequest) -> None:
    drafting.declare_emergency(number=request.number, by=house.ivo, reason=REASON)


def ready(house, request: ChangeRequest) -> None:
    """Approved, and one signature before its release."""
    number, common = request.number, {"by": house.ivo, "reason": REASON}
    stages.plan(number=number, rollback="The earlier one again.", success="Three persons sign each change.", **common)
    approved(house.cast, number)
    stages.implement(number=number, text="Nothing had to be done elsewhere.", by=house.ivo)
    stages.make_ready(number=number, **common)


# --- no emergency ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [None, STRICTER], ids=["retired", "changed"])
def test_no_emergency_changes_a_policy(house, content):
    request = drafted(house, mapping(), policy(content))
    with pytest.raises(Refused, match=NO_EMERGENCY):
        declare(house, request)
    answer = signed_in(house.ivo).post(
        reverse("change-act", args=[request.number, "declare-emergency"]), {"reason": REASON}
    )
    assert "that is no emergency" in answer.content.decode()
    assert not now(request).is_emergency
    drafting.drop(number=request.number, kind=KIND, key="every-change", by=house.ivo, reason=REASON)
    declare(house, request)
    assert now(request).is_emergency


@pytest.mark.parametrize("content", [None, STRICTER], ids=["retired", "changed"])
def test_no_policy_is_put_into_an_emergency(house, content):
    request = drafted(house, mapping())
    declare(house, request)
    with pytest.raises(Refused, match=NO_EMERGENCY):
        drafting.edit(number=request.number, operation=policy(content), by=house.ivo, reason=REASON)
    assert list(request.operations.values_list("kind", flat=True)) == ["mapping"]
    drafting.submit(number=request.number, by=house.ivo, reason=REASON)
    for person in (house.rena, house.cast.rick):
        sign(person, request.number, "released", "change_release")
    assert now(request).state == ChangeState.RELEASED


def test_an_emergency_that_holds_a_policy_already_is_neither_submitted_nor_released(house, monkeypatch):
    """As an earlier build let it come: drafted, and waiting for the two who release it."""
    kept = drafted(house, policy(STRICTER))
    waiting = drafted(house, policy(STRICTER))
    with monkeypatch.context() as earlier:
        earlier.setattr("governance.changes.choosing.policies_stay.check_no_emergency", lambda *asked: None)
        for one in (kept, waiting):
            declare(house, one)
        drafting.submit(number=waiting.number, by=house.ivo, reason=REASON)
    with pytest.raises(Refused, match=NO_EMERGENCY):
        drafting.submit(number=kept.number, by=house.ivo, reason=REASON)
    with pytest.raises(Refused, match=NO_EMERGENCY):
        sign(house.rena, waiting.number, "released", "change_release")


# --- no rollback -------------------------------------------------------------------------------------------------


def test_no_rollback_loosens_a_policy_or_takes_it_away(house):
    changed = proposed(house, policy(STRICTER))
    released(house.cast, house.ivo, changed.number)
    for one in (changed, house.first):
        with pytest.raises(Refused, match=rf"{one.number} changed the approval policy .* Propose an ordinary change"):
            rollback.roll_back(number=one.number, by=house.cast.quinn, reason=REASON)
    assert not ChangeRequest.objects.filter(rolls_back__isnull=False).exists()
    page = signed_in(house.cast.quinn).get(reverse("change", args=[changed.number])).content.decode()
    assert "that is not rolled back, since nobody would approve it" in page
    restoring = proposed(house, policy(EVERY))
    assert policies.required(restoring.operations.all(), _risk())["steps"][-1]["quorum"] == 2


def test_a_rollback_of_policies_that_waits_already_is_not_released(house, monkeypatch):
    changed = proposed(house, policy(STRICTER))
    released(house.cast, house.ivo, changed.number)
    with monkeypatch.context() as earlier:
        earlier.setattr("governance.changes.choosing.policies_stay.check_no_rollback", lambda *asked: None)
        back = rollback.roll_back(number=changed.number, by=house.cast.quinn, reason=REASON)
    with pytest.raises(Refused, match="Propose an ordinary change"):
        release_signed(house.cast.olga, back.number)
    assert now(changed).state == ChangeState.RELEASED


def _risk():
    return risk_of(change_kinds=["meaning"], criticalities=["low"], detectabilities=["high"])


# --- one of them stays -------------------------------------------------------------------------------------------


def test_the_last_policy_stays(house):
    every = [one["key"] for one in starter_policies()]
    with pytest.raises(ContentRefused) as refused:
        proposed(house, *(policy(None, key) for key in every))
    assert "no approval policy would be in force then" in str(refused.value.problems)
    others = proposed(house, *(policy(None, key) for key in every[1:]))
    last = drafted(house, policy(STRICTER if every[0] == "every-change" else None, every[0]))
    assert released(house.cast, house.ivo, others.number).released_at is not None
    assert [one.key for one in policies.in_force()] == every[:1]
    with pytest.raises(ContentRefused, match="cannot be accepted"):
        drafting.edit(number=last.number, operation=policy(None, every[0]), by=house.ivo, reason=REASON)
    exchanged = proposed(house, policy(None, every[0]), policy({**STRICTER, "key": "another"}, "another"))
    assert released(house.cast, house.ivo, exchanged.number).released_at is not None
    assert [one.key for one in policies.in_force()] == ["another"]


def test_two_that_are_each_sound_do_not_retire_all_of_them(house):
    every = [one["key"] for one in starter_policies()]
    first = proposed(house, *(policy(None, key) for key in every[1:]))
    second = proposed(house, policy(None, every[0]))
    ready(house, second)
    released(house.cast, house.ivo, first.number)
    with pytest.raises(ContentRefused, match="cannot be accepted"):
        release_signed(house.cast.olga, second.number)
    assert [one.key for one in policies.in_force()] == every[:1]


def test_where_an_earlier_build_retired_them_all_the_last_ones_decide(house, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(rules, "_rules", [])
        gone = proposed(house, *(policy(None, one["key"]) for one in starter_policies()))
        released(house.cast, house.ivo, gone.number)
    assert policies.in_force() == []
    assert Revision.objects.filter(kind=KIND, content__isnull=True).exists()
    request = proposed(house, mapping())
    assert (now(request).state, now(request).released_at) == (ChangeState.ASSESSED, None)
    assert now(request).requirement["steps"]
    again = proposed(house, *(policy(one, one["key"]) for one in starter_policies()))
    assert released(house.cast, house.ivo, again.number).released_at is not None
    assert len(policies.in_force()) == len(starter_policies())


def test_a_hub_that_never_had_a_policy_releases_at_once(world):
    made = propose(operations=[mapping()], title="At once", by=engineer(), reason=REASON)
    assert (made.state, ChangeOperation.objects.filter(change=made).count() > 0) == (ChangeState.RELEASED, True)
