"""Another label on top of what was rejected in retrospect: it is judged as all that it would leave in force."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.changes.deciding import standings
from governance.changes.effective import revision_of
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.changes.weighing import owners
from governance.errors import Refused
from governance.models.change_request import ChangeState
from governance.selectors.proposals import assess
from governance.signing import keys
from hub.documents import door
from tests.factories.deciding import another_reviewer, engineer, put_policies_in_force, released, sign
from tests.factories.documents import describe
from tests.factories.world import REASON, element, to_canonical
from tests.integration.console.test_change_pages import signed_in
from tests.integration.test_documents import post, sample
from tests.integration.test_released_before_approval import (
    MAPPING,
    house,  # noqa: F401 - a fixture
    now,
    released_by_two,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M6.1")]

NO = "It cannot stay so"
WORDS = Operation("mapping", MAPPING["key"], MAPPING | {"label": "Other words"})
OTHERS = Operation("mapping", MAPPING["key"], to_canonical(rules=to_canonical()["rules"][:3]))


def rejected(house):  # noqa: F811
    """Other rules of the mapping, released by two and rejected in retrospect."""
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason=NO)
    return now(request)


def proposed(house, operation=WORDS):  # noqa: F811
    return now(propose(operations=[operation], title="Another label", by=house.ivo, reason=REASON))


def kind_of(request) -> str:
    return request.operations.get(kind="mapping").change_kind


def approved_now(request) -> bool:
    return standings.is_approved(now(request), "mapping", MAPPING["key"])


# --- what is proposed after the rejection ---------------------------------------------------------------------------


def test_words_on_what_was_rejected_are_judged_as_all_that_nobody_decided_for(house):  # noqa: F811
    first = rejected(house)
    made = proposed(house)
    assert (kind_of(made), made.risk, made.path, made.state) == ("semantic", "high", "full", ChangeState.ASSESSED)
    assert {one.reference for one in owners.undisposed(made)} == {("system", "qms"), ("interface", "IF-001")}
    fields = {line["field"] for line in made.operations.get(kind="mapping").difference}
    assert fields == {"label", "rules[2]", "rules[3]", "rules[4]"}
    assert {line["field"] for line in assess(WORDS).lines} == fields
    assert assess(WORDS).change_kind == "semantic"
    page = signed_in(house.cast.quinn).get(reverse("change", args=[made.number])).content.decode()
    assert "rules" in page
    with pytest.raises(Refused, match="to be signed it must be planned"):
        sign(house.cast.rick, made.number, "reviewed")
    assert not approved_now(first)


def test_words_on_what_persons_decided_for_stay_words(house):  # noqa: F811
    for held in (None, Operation("mapping", MAPPING["key"], MAPPING)):
        if held:
            released(house.cast, house.ivo, proposed(house, held).number)
        content = revision_of("mapping", MAPPING["key"]).content
        made = proposed(house, Operation("mapping", MAPPING["key"], content | {"label": f"Words {bool(held)}"}))
        assert (kind_of(made), made.risk, made.path) == ("editorial", "low", "short")
        assert [line["field"] for line in made.operations.get().difference] == ["label"]
        drafting.cancel(number=made.number, by=house.ivo, reason=REASON)


def test_words_on_an_emergency_that_nobody_has_rejected_stay_words(house):  # noqa: F811
    released_by_two(house)
    made = proposed(house)
    assert (kind_of(made), made.path) == ("editorial", "short")
    assert approved_now(released(house.cast, house.ivo, made.number))


def test_what_puts_back_what_was_decided_for_is_no_word(house):  # noqa: F811
    before = revision_of("mapping", MAPPING["key"]).content
    rejected(house)
    made = proposed(house, Operation("mapping", MAPPING["key"], before))
    assert (kind_of(made), made.path) == ("semantic", "full")
    assert approved_now(released(house.cast, house.ivo, made.number))


def test_words_on_something_new_that_was_rejected_are_judged_as_something_new(house):  # noqa: F811
    content = element("viscosity", "text", max_length=10)
    request = released_by_two(house, content=content, kind="element")
    sign(house.rena, request.number, "rejected", reason=NO)
    made = proposed(house, Operation("element", "viscosity", content | {"label": "Thickness"}))
    assert made.operations.get().change_kind == "compatible"


def test_a_rejected_emergency_is_not_closed_after_words_and_is_after_other_rules(house):  # noqa: F811
    first = rejected(house)
    words = released(house.cast, house.ivo, proposed(house).number)
    with pytest.raises(Refused, match=f"changed by {words.number} only in words: what was rejected is still in force"):
        sign(house.cast.quinn, first.number, "closed", "change_closing")
    released(house.cast, house.ivo, proposed(house, OTHERS).number)
    sign(house.cast.quinn, first.number, "closed", "change_closing")
    assert now(first).state == ChangeState.CLOSED


# --- what was on its way when it was rejected -----------------------------------------------------------------------


def test_words_that_were_released_before_the_rejection_count_no_more_after_it(house):  # noqa: F811
    first = released_by_two(house)
    words = released(house.cast, house.ivo, proposed(house).number)
    assert (kind_of(words), approved_now(words)) == ("editorial", True)
    sign(house.rena, first.number, "rejected", reason=NO)
    assert not approved_now(words)
    with pytest.raises(Refused, match="only in words"):
        sign(house.cast.quinn, first.number, "closed", "change_closing")
    again = Operation("mapping", MAPPING["key"], MAPPING | {"label": "Once more"})
    assert proposed(house, again).path == "full"
    assert approved_now(released(house.cast, house.ivo, proposed(house, OTHERS).number))


def test_words_that_were_submitted_before_the_rejection_are_submitted_again(house):  # noqa: F811
    first = released_by_two(house)
    words = proposed(house)
    assert words.path == "short"
    sign(house.rena, first.number, "rejected", reason=NO)
    with pytest.raises(Refused, match=r"was made from was rejected since: .* Take it back to a draft"):
        sign(house.cast.quinn, words.number, "approved")
    drafting.withdraw(number=words.number, by=house.ivo, reason=REASON)
    drafting.submit(number=words.number, by=house.ivo, reason=REASON)
    assert (kind_of(now(words)), now(words).path) == ("semantic", "full")


def test_words_that_were_approved_before_the_rejection_are_not_released(house):  # noqa: F811
    first = released_by_two(house)
    words = proposed(house)
    sign(house.cast.quinn, words.number, "approved")
    sign(house.rena, first.number, "rejected", reason=NO)
    with pytest.raises(Refused, match="was made from was rejected since"):
        sign(house.cast.olga, words.number, "released", "change_release")
    assert now(words).released_at is None


def test_words_that_were_drafted_before_the_rejection_are_judged_when_they_are_submitted(house):  # noqa: F811
    first = released_by_two(house)
    words = draft(operations=[WORDS], title="Another label", by=house.ivo, reason=REASON)
    assert kind_of(words) == "editorial"
    sign(house.rena, first.number, "rejected", reason=NO)
    drafting.submit(number=words.number, by=house.ivo, reason=REASON)
    assert (kind_of(now(words)), now(words).path) == ("semantic", "full")


# --- the door of production -----------------------------------------------------------------------------------------


def test_another_label_of_a_rejected_document_opens_no_door_of_production(client, world, settings):
    world.ivo, world.rena = engineer(), another_reviewer()
    describe(world)
    settings.DEVELOPMENT, settings.HUB_ENVIRONMENT = False, "production"
    keys.register(by=DEMONSTRATION, reason=REASON)
    put_policies_in_force(world.cast, world.ivo)
    held = revision_of("icd", "ICD-0001").content
    first = released_by_two(world, content=held | {"order_policy": "none"}, kind="icd")
    content = revision_of("icd", "ICD-0001").content
    words = propose(operations=[Operation("icd", "ICD-0001", content | {"label": "Words"})], title="Another label",
                    by=world.ivo, reason=REASON)  # fmt: skip
    released(world.cast, world.ivo, words.number)
    assert answer_of(client, world, 1).status_code == 202
    sign(world.rena, first.number, "rejected", reason=NO)
    answer = answer_of(client, world, 2)
    assert answer.status_code == 409
    assert "no approval of its document ICD-0001" in answer.json()["detail"]
    content = revision_of("icd", "ICD-0001").content
    more = propose(operations=[Operation("icd", "ICD-0001", content | {"label": "More words"})], title="More words",
                   by=world.ivo, reason=REASON)  # fmt: skip
    assert now(more).operations.get().change_kind == "semantic"
    assert answer_of(client, world, 2).status_code == 409


def answer_of(client, world, number):
    door.forget()
    return post(client, world, sample(number))
