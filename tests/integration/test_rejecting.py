"""Who may reject what, and the way out of an emergency that was rejected after others had replaced it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.changes import Operation, propose, stages
from governance.changes.choosing import policies
from governance.changes.deciding import standings
from governance.changes.propose import draft
from governance.changes.releasing import rollback
from governance.changes.told.open_acts import open_acts, open_signatures
from governance.changes.told.stage_words import stage_of
from governance.errors import BaseMoved, NotAllowed, Refused
from governance.models import Signature
from governance.models.change_request import ChangeState
from governance.signing.validity import verdict_of
from tests.factories.deciding import disposed, release_signed, released, sign, starter_policies
from tests.factories.world import REASON, element, to_canonical
from tests.integration.console.test_change_pages import signed_in
from tests.integration.test_nobody_left import another_approver
from tests.integration.test_released_before_approval import (
    MAPPING,
    emergency,
    house,  # noqa: F401 - a fixture
    now,
    released_by_two,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M6.1")]

NO = "It cannot stay so"
AGAIN = to_canonical(rules=to_canonical()["rules"][:3])
LOTS = Operation("element", "lot", element("lot", "text", max_length=60))


def proposed(house, operation=LOTS):  # noqa: F811
    return now(propose(operations=[operation], title="Another length", by=house.ivo, reason=REASON))


def planned(house):  # noqa: F811
    """It waits for its review."""
    request = proposed(house)
    disposed(house.cast, request)
    plan = {"rollback": "The earlier revision again.", "success": "Nothing is refused for two weeks."}
    stages.plan(number=request.number, by=house.ivo, reason=REASON, **plan)
    return now(request)


def page(person, request) -> str:
    return signed_in(person).get(reverse("change", args=[request.number])).content.decode()


# --- who rejects ---------------------------------------------------------------------------------------------------


def test_who_reviews_may_reject_when_it_is_the_approvers_turn(house):  # noqa: F811
    request = planned(house)
    sign(house.cast.rick, request.number, "reviewed")
    sign(house.rena, request.number, "rejected", reason=NO)
    assert now(request).state == ChangeState.REJECTED


def test_who_approves_may_reject_before_it_is_reviewed(house):  # noqa: F811
    request = planned(house)
    sign(house.cast.quinn, request.number, "rejected", reason=NO)
    assert now(request).state == ChangeState.REJECTED


@pytest.mark.parametrize("who", ["rick", "quinn"])
def test_what_is_assessed_or_planned_is_rejected_by_who_would_sign_it(house, who):  # noqa: F811
    content = Operation("mapping", MAPPING["key"], MAPPING)
    request = proposed(house, content)
    assert (request.path, request.state) == ("full", ChangeState.ASSESSED)
    person = getattr(house.cast, who)
    assert [one.meaning for one in open_signatures(request)] == ["rejected"]
    assert f"/sign/change/{request.number}/rejected" in page(person, request)
    with pytest.raises(Refused, match="to be signed it must be planned"):
        sign(house.cast.rick, request.number, "reviewed")
    sign(person, request.number, "rejected", reason=NO)
    assert now(request).state == ChangeState.REJECTED
    assert "Technical review: Rick Sato" not in page(person, request)


def test_who_signs_no_step_of_it_rejects_nothing_and_who_signed_takes_that_back_first(house):  # noqa: F811
    request = planned(house)
    with pytest.raises(NotAllowed, match="You may not reject this: that is for whoever may sign"):
        sign(house.cast.olga, request.number, "rejected", reason=NO)
    with pytest.raises(NotAllowed, match="had a hand"):
        sign(made_reviewer(house), request.number, "rejected", reason=NO)
    sign(house.cast.rick, request.number, "reviewed")
    with pytest.raises(NotAllowed, match="You have signed this already"):
        sign(house.cast.rick, request.number, "rejected", reason=NO)
    assert now(request).state == ChangeState.PLANNED


def made_reviewer(house):  # noqa: F811
    """The author, who reviews too."""
    from governance.actors import DEMONSTRATION
    from governance.services import persons

    persons.give_role(person=house.ivo, role="reviewer", by=DEMONSTRATION, reason=REASON)
    return type(house.ivo).objects.get(pk=house.ivo.pk)


def test_what_is_approved_is_cancelled_and_not_rejected(house):  # noqa: F811
    request = planned(house)
    sign(house.cast.rick, request.number, "reviewed")
    sign(house.cast.quinn, request.number, "approved")
    with pytest.raises(Refused):
        sign(house.rena, request.number, "rejected", reason=NO)
    assert "rejected" not in {one.meaning for one in open_signatures(now(request))}


# --- a rejected emergency that others replaced ----------------------------------------------------------------------


def replaced(house):  # noqa: F811
    """Rejected in retrospect; then an ordinary change put another mapping in its place."""
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason=NO)
    again = AGAIN
    made = propose(operations=[Operation("mapping", MAPPING["key"], again)], title="Instead", by=house.ivo,
                   reason=REASON)  # fmt: skip
    return request, released(house.cast, house.ivo, made.number)


def test_it_is_closed_by_a_signature_that_names_what_replaced_it_and_stays_rejected(house):  # noqa: F811
    request, later = replaced(house)
    with pytest.raises(BaseMoved):
        rollback.roll_back(number=request.number, by=house.cast.olga, reason=REASON)
    shown = signed_in(house.cast.quinn).get(reverse("sign", args=["change_closing", request.number, "closed"]))
    assert f"{later.number} replaced what it put in force" in shown.content.decode()
    sign(house.cast.quinn, request.number, "closed", "change_closing")
    done = now(request)
    assert (done.state, stage_of(done)) == (ChangeState.CLOSED, "Closed, rejected in retrospect")
    assert later.number in done.stopped_because
    assert done.retrospective_done_at is None
    assert not standings.is_approved(done, "mapping", MAPPING["key"])
    assert "Rejected in retrospect" in page(house.cast.quinn, done)
    made = Signature.objects.get(subject_id=request.number, meaning="closed")
    assert verdict_of(made).word == "valid"
    released(house.cast, house.ivo, propose(operations=[Operation("mapping", MAPPING["key"], MAPPING)],
                                            title="Once more", by=house.ivo, reason=REASON).number)  # fmt: skip
    assert verdict_of(made).word == "valid"


def test_while_it_is_in_force_it_is_rolled_back_and_not_closed(house):  # noqa: F811
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason=NO)
    assert [one.meaning for one in open_signatures(now(request))] == ["closed"]
    with pytest.raises(Refused, match="is in force as it put it there: roll it back"):
        sign(house.cast.quinn, request.number, "closed", "change_closing")
    made = rollback.roll_back(number=request.number, by=house.cast.quinn, reason=REASON)
    release_signed(house.cast.olga, made.number)
    done = now(request)
    assert done.state == ChangeState.ROLLED_BACK
    assert "roll it back" not in page(house.cast.quinn, done)
    assert stage_of(done) == "Rolled back, rejected in retrospect"
    with pytest.raises(Refused, match="nothing of it is signed"):
        sign(house.cast.quinn, request.number, "approved")


def test_what_another_emergency_replaced_waits_for_the_decision_on_that(house):  # noqa: F811
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason=NO)
    second = released_by_two(house, content=AGAIN)
    waits = f"was replaced by {second.number}, which does not count as approved yet"
    with pytest.raises(Refused, match=waits):
        sign(house.cast.quinn, request.number, "closed", "change_closing")
    disposed(house.cast, second, by=house.rena)
    sign(house.rena, second.number, "reviewed")
    with pytest.raises(Refused, match=waits):
        sign(house.cast.quinn, request.number, "closed", "change_closing")
    sign(house.cast.quinn, second.number, "approved")
    sign(house.cast.quinn, request.number, "closed", "change_closing")
    assert now(request).state == ChangeState.CLOSED


def test_what_another_rejected_emergency_replaced_is_not_closed(house):  # noqa: F811
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason=NO)
    second = released_by_two(house, content=AGAIN)
    sign(house.rena, second.number, "rejected", reason=NO)
    with pytest.raises(Refused, match=f"was replaced by {second.number}, which does not count as approved"):
        sign(house.cast.quinn, request.number, "closed", "change_closing")


def test_words_on_an_undecided_emergency_and_a_rollback_to_it_decide_nothing_of_it(house):  # noqa: F811
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason=NO)
    second = released_by_two(house, content=AGAIN)
    words = changed(house, AGAIN | {"label": "Other words"})
    assert (words.path, words.state) == ("short", ChangeState.CLOSED)
    with pytest.raises(Refused, match=f"was replaced by {words.number}, which does not count as approved yet"):
        sign(house.cast.quinn, request.number, "closed", "change_closing")
    last = changed(house, to_canonical(rules=to_canonical()["rules"][:4]))
    back = rollback.roll_back(number=last.number, by=house.cast.quinn, reason=REASON)
    release_signed(house.cast.olga, back.number)
    with pytest.raises(Refused, match=f"was replaced by {back.number}, which does not count as approved yet"):
        sign(house.cast.quinn, request.number, "closed", "change_closing")
    disposed(house.cast, second, by=house.rena)
    sign(house.rena, second.number, "reviewed")
    sign(house.cast.quinn, second.number, "approved")
    sign(house.cast.quinn, request.number, "closed", "change_closing")
    assert now(request).state == ChangeState.CLOSED


def changed(house, content):  # noqa: F811
    """An ordinary change of the mapping, released."""
    made = propose(operations=[Operation("mapping", content["key"], content)], title="Instead", by=house.ivo,
                   reason=REASON)  # fmt: skip
    return released(house.cast, house.ivo, made.number)


def test_who_released_it_or_may_not_approve_does_not_close_it(house):  # noqa: F811
    request = emergency(house)
    for person in (house.cast.olga, house.cast.quinn):
        sign(person, request.number, "released", "change_release")
    sign(house.rena, request.number, "rejected", reason=NO)
    again = AGAIN
    made = propose(operations=[Operation("mapping", MAPPING["key"], again)], title="Instead", by=house.ivo,
                   reason=REASON)  # fmt: skip
    released(house.cast, house.ivo, made.number)
    with pytest.raises(NotAllowed, match="had a hand"):
        sign(house.cast.quinn, request.number, "closed", "change_closing")
    with pytest.raises(NotAllowed, match="Closure"):
        sign(house.rena, request.number, "closed", "change_closing")
    sign(another_approver(), request.number, "closed", "change_closing")
    assert now(request).state == ChangeState.CLOSED


# --- emergencies and policies ---------------------------------------------------------------------------------------


def test_a_draft_that_touches_a_policy_cannot_be_declared_an_emergency_and_its_button_says_why(house):  # noqa: F811
    held = {**starter_policies()[0], "description": "Other words here."}
    made = draft(operations=[Operation(policies.KIND, held["key"], held)], title="Policy words", by=house.ivo,
                 reason=REASON)  # fmt: skip
    plain = draft(operations=[LOTS], title="Another length", by=house.ivo, reason=REASON)
    why = {number: {one.name: one.why_not for one in open_acts(request, house.ivo)}["declare-emergency"]
           for number, request in (("policy", now(made)), ("plain", now(plain)))}  # fmt: skip
    assert why["plain"] == ""
    assert "approval policy" in why["policy"]
    text = page(house.ivo, made)
    assert f"/changes/{made.number}/act/declare-emergency" not in text
    assert "not-declare-emergency" in text
