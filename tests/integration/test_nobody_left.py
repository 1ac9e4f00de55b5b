"""A change that nobody could sign any more says so in time: when an emergency is declared, and on its page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose, stages
from governance.changes.deciding import signers
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.models.change_request import ChangeState
from governance.services import persons, same_person
from governance.services.persons import enrol
from hub.demonstration import people
from hub.services.grants import grant
from tests.factories.cast import PASSWORD
from tests.factories.deciding import another_reviewer, disposed, engineer, put_policies_in_force, released, sign
from tests.factories.world import REASON, element, interface
from tests.integration.console.test_change_pages import signed_in
from tests.integration.test_released_before_approval import MAPPING, now

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M7.5")]

LATER, LEFT = "would be left to decide in retrospect", "is left"


@pytest.fixture
def house(world):
    """One who reviews and one who approves: too few for an emergency."""
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    return world


def another_approver(username="qasim", full_name="Qasim Haddad"):
    return enrol(username=username, full_name=full_name, password=PASSWORD, roles=["quality approver"],
                 by=DEMONSTRATION, reason=REASON)  # fmt: skip


def drafted(house, content=MAPPING, kind="mapping"):
    return draft(operations=[Operation(kind, content["key"], content)], title="At once", by=house.ivo, reason=REASON)


def text_of(person, *address) -> str:
    answer = signed_in(person).get(reverse(*address[:1], args=address[1:]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_declares_an_emergency_is_warned_that_nobody_would_be_left_and_declares_it_all_the_same(house):
    request = drafted(house)
    assert LATER in text_of(house.ivo, "change-act", request.number, "declare-emergency")
    assert LATER not in text_of(house.ivo, "change-act", request.number, "submit")
    admin = ("admin:governance_changerequest_act", request.pk)
    assert LATER in text_of(house.ivo, *admin, "declare-emergency")
    assert LATER not in text_of(house.ivo, *admin, "submit")
    act = reverse("change-act", args=[request.number, "declare-emergency"])
    assert signed_in(house.ivo).post(act, {"reason": REASON}).status_code == 302
    assert now(request).is_emergency
    (warned,) = signers.nobody_left(now(request))
    assert "each signature is another person" in warned
    assert warned.endswith("Somebody else must be given the right to approve changes.")
    assert LATER in text_of(house.ivo, "change", request.number)


def test_enough_persons_are_no_reason_to_warn(house):
    another_reviewer(), another_approver()
    request = drafted(house)
    assert LATER not in text_of(house.ivo, "change-act", request.number, "declare-emergency")
    drafting.declare_emergency(number=request.number, by=house.ivo, reason=REASON)
    assert signers.nobody_left(now(request)) == []


def test_two_accounts_of_one_human_being_are_not_two_who_sign(house):
    second, _ = another_reviewer(), another_approver()
    request = drafted(house)
    assert signers.nobody_left_in_emergency(request) == []
    same_person.declare(person=second, other=house.cast.rick, by=DEMONSTRATION, reason=REASON)
    assert signers.nobody_left_in_emergency(request) == []
    same_person.declare(person=house.cast.olga, other=house.cast.quinn, by=DEMONSTRATION, reason=REASON)
    assert signers.nobody_left_in_emergency(request) != []


def test_who_signs_the_release_reads_that_the_last_reviewer_must_not(house):
    another_approver()
    request = drafted(house)
    drafting.declare_emergency(number=request.number, by=house.ivo, reason=REASON)
    drafting.submit(number=request.number, by=house.ivo, reason=REASON)
    assert signers.nobody_left(now(request)) == []
    shown = text_of(house.cast.rick, "sign", "change_release", request.number, "released")
    assert "“Technical review” would be left" in shown
    assert "Rick Sato had a hand in it or signed it before" in shown
    assert LATER not in text_of(house.cast.olga, "sign", "change_release", request.number, "released")
    for person in (house.cast.olga, house.cast.rick):
        sign(person, request.number, "released", "change_release")
    page = text_of(house.cast.quinn, "change", request.number)
    assert "Nobody who may sign “Technical review” is left: Rick Sato had a hand in it or signed it before." in page
    another_reviewer()
    assert "“Technical review” is left" not in text_of(house.cast.quinn, "change", request.number)


def test_after_the_only_approver_has_verified_it_the_page_says_that_nobody_may_close_it(house):
    made = propose(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)],
        title="Rules of a mapping",
        by=house.ivo,
        reason=REASON,
    )
    released(house.cast, house.ivo, made.number)
    assert signers.nobody_left(now(made)) == []
    stages.verify(number=made.number, text="The records of today arrived.", by=house.cast.quinn)
    assert "Nobody who may sign “Closure” is left: Quinn Mbeki" in text_of(house.cast.rick, "change", made.number)
    second = another_approver()
    assert "is left" not in text_of(house.cast.rick, "change", made.number)
    stages.attach(number=made.number, title="Looked at", text="Nothing was refused.", by=house.ivo, reason=REASON)
    sign(second, made.number, "closed", "change_closing")
    assert now(made).state == ChangeState.CLOSED


def test_the_api_tells_it_and_an_ordinary_change_has_nobody_missing(house, api):
    grant(account=house.account, interface_key="IF-001", direction="read", by=DEMONSTRATION, reason=REASON)
    request = drafted(house, interface(retry={"base_seconds": 2}), "interface")
    assert api("get", f"changes/{request.number}").json()["nobody_left"] == []
    drafting.declare_emergency(number=request.number, by=house.ivo, reason=REASON)
    assert LATER in api("get", f"changes/{request.number}").json()["nobody_left"][0]


def test_a_change_whose_only_reviewer_went_says_that_nobody_has_the_right(house):
    content = element("lot", "text", max_length=60)
    made = propose(operations=[Operation("element", "lot", content)], title="Longer lots", by=house.ivo, reason=REASON)
    disposed(house.cast, now(made))
    assert signers.nobody_left(now(made)) == []
    persons.set_active(person=house.cast.rick, is_active=False, by=DEMONSTRATION, reason=REASON)
    page = text_of(house.cast.quinn, "change", made.number)
    assert "“Technical review” is left: nobody who could sign has the right to review changes." in page


def test_the_persons_of_the_demonstration_are_enough_for_an_emergency(house):
    request = drafted(house)
    assert signers.nobody_left_in_emergency(request) != []
    people.enrol()
    assert signers.nobody_left_in_emergency(request) == []
