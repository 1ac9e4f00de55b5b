"""Two accounts turn out to be one human being after they signed: what they signed is judged by what is known today."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.changes.deciding import standings, voiding
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.changes.releasing import ordering
from governance.errors import Refused
from governance.guard.context import change
from governance.models import ChangeRequest, Person
from governance.review import queue
from governance.services import persons, same_person
from tests.factories.cast import PASSWORD
from tests.factories.deciding import REASON, engineer, put_policies_in_force, release_signed, sign
from tests.integration.console.test_change_pages import WORDS, signed_in
from tests.integration.trail.test_review import everything

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M6.1")]

NO_MORE = r"count no more: by what is known of accounts today, Quinn \w+ had a hand in it or signed it before"


@pytest.fixture
def house(world):
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    world.anna = engineer("anna", "Anna Petrov")
    world.quentin = persons.enrol(
        username="quentin", full_name="Quentin Vale", password=PASSWORD, roles=["quality approver"],
        by=DEMONSTRATION, reason=REASON,
    )  # fmt: skip
    return world


def waiting(house) -> ChangeRequest:
    """Written by Ivo and approved by Quinn."""
    made = propose(operations=[Operation("system", "qms", WORDS)], title="Words", by=house.ivo, reason=REASON)
    sign(house.cast.quinn, made.number, "approved")
    return now(made)


def emergency(house) -> ChangeRequest:
    made = draft(operations=[Operation("system", "qms", WORDS)], title="At once", by=house.ivo, reason=REASON)
    drafting.declare_emergency(number=made.number, by=house.ivo, reason=REASON)
    return drafting.submit(number=made.number, by=house.ivo, reason=REASON)


def now(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=request.pk)


def are_one(person: Person, other: Person) -> None:
    person, other = Person.objects.get(pk=person.pk), Person.objects.get(pk=other.pk)
    same_person.declare(person=person, other=other, by=DEMONSTRATION, reason="One badge, two accounts")


def share_a_mail_address(person: Person, other: Person) -> None:
    with change(by=DEMONSTRATION, reason="As the directory has them"):
        for one in (person, other):
            held = Person.objects.get(pk=one.pk)
            held.email = "one@example.org"
            held.save()


def page(person: Person, request: ChangeRequest) -> str:
    answer = signed_in(person).get(reverse("change", args=[request.number]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("become", [are_one, share_a_mail_address])
def test_what_was_approved_with_the_second_account_of_its_author_is_not_released(house, become):
    request = waiting(house)
    become(house.cast.quinn, house.anna)
    assert "count no more" not in page(house.cast.olga, request), "Anna had no hand in it"
    ordering.check_still_holds(request)
    become(house.cast.quinn, house.ivo)
    assert "count no more" in page(house.cast.olga, request)
    with pytest.raises(Refused, match=NO_MORE) as refused:
        release_signed(house.cast.olga, request.number)
    assert voiding.without_names(refused.value.sentence) == refused.value.sentence
    assert now(request).released_at is None
    voiding.reassess(number=request.number, by=house.ivo, reason=REASON)
    drafting.submit(number=request.number, by=house.ivo, reason=REASON)
    sign(house.quentin, request.number, "approved")
    assert release_signed(house.cast.olga, request.number).state == "closed"


def test_a_release_that_was_signed_with_the_second_account_of_its_author_is_stopped_at_its_time(house):
    request = waiting(house)
    at = timezone.now() + timedelta(days=1)
    release_signed(house.cast.olga, request.number, at)
    are_one(house.cast.olga, house.ivo)
    assert ordering.release_due(at) == [request.number]
    stopped = now(request)
    assert (stopped.released_at, stopped.state) == (None, "draft")
    assert "counts no more: by what is known of accounts today, Olga" in stopped.stopped_because


@pytest.mark.parametrize("is_one", [True, False])
def test_two_accounts_of_one_person_are_not_two_who_release_an_emergency(house, is_one):
    request = emergency(house)
    at = timezone.now() + timedelta(days=1)
    ordering.set_time(number=request.number, at=at, by=house.cast.olga, reason=REASON)
    for person in (house.cast.olga, house.cast.rick):
        sign(person, request.number, "released", "change_release")
    are_one(house.cast.rick, house.cast.olga if is_one else house.cast.victor)
    ordering.release_due(at)
    assert (now(request).released_at is None) is is_one
    assert ("Rick" in now(request).stopped_because) is is_one


def test_what_is_in_force_stays_and_is_found_by_the_review_of_the_trail(house):
    request = waiting(house)
    release_signed(house.cast.olga, request.number)
    assert now(request).state == "closed"
    are_one(house.cast.quinn, house.anna)
    assert [one for one in queue.findings(*everything()) if one.rule == "one_person"] == []
    are_one(house.ivo, house.cast.quinn)
    first, found = sorted(
        [one for one in queue.findings(*everything()) if one.rule == "one_person"], key=lambda one: one.record
    )
    assert first.record < ("change", request.number), "the first policies, which both of them decided on"
    assert f"{request.number} came into force" in found.sentence
    assert "Quinn" in found.sentence
    assert (found.record, found.actor_id) == (("change", request.number), str(house.cast.quinn.pk))
    assert now(request).state == "closed"
    assert not standings.standing(now(request), standings.PROPOSAL).is_complete
    shown = signed_in(house.cast.victor).get(reverse("review")).content.decode()
    assert "Signed by one person" in shown
    assert escape(found.sentence) in shown
