"""Emergencies and rollbacks come into force before an approval of their own: they read so, and others than those who
released them decide in retrospect, owners first.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose, stages
from governance.changes.deciding import standings, voiding
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.changes.releasing import ordering, rollback
from governance.changes.weighing import owners
from governance.errors import NotAllowed, Refused
from governance.guard.context import change
from governance.models import ChangeRequest, Person
from governance.models.change_request import ChangeState
from governance.services import same_person
from governance.signing.validity import verdict_of
from hub.services.grants import grant
from tests.factories.deciding import (
    another_reviewer,
    approved,
    disposed,
    engineer,
    put_policies_in_force,
    release_signed,
    released,
    sign,
)
from tests.factories.world import REASON, interface, to_canonical
from tests.integration.console.test_change_misuse import takes_roles
from tests.integration.console.test_change_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M7.5")]

MAPPING = to_canonical(rules=to_canonical()["rules"][:2])
PATH = '<ol class="steps path"'


@pytest.fixture
def house(world):
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    world.rena = another_reviewer()
    return world


def emergency(house, content=MAPPING, kind="mapping") -> ChangeRequest:
    """Submitted, and waiting for the two who release it."""
    made = draft(operations=[Operation(kind, content["key"], content)], title="At once", by=house.ivo, reason=REASON)
    drafting.declare_emergency(number=made.number, by=house.ivo, reason=REASON)
    return drafting.submit(number=made.number, by=house.ivo, reason=REASON)


def released_by_two(house, **content) -> ChangeRequest:
    request = emergency(house, **content)
    for person in (house.cast.olga, house.cast.rick):
        sign(person, request.number, "released", "change_release")
    return now(request)


def now(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=request.pk)


def page(person: Person, request: ChangeRequest) -> str:
    answer = signed_in(person).get(reverse("change", args=[request.number]))
    assert answer.status_code == 200
    return answer.content.decode()


def path_on(text: str) -> list[str]:
    """The labels of the path bar."""
    bar = text[text.index(PATH) : text.index("</ol>", text.index(PATH))]
    return [part.split("<")[0] for part in bar.split(">")[1:] if part.split("<")[0].strip()]


def looks_of(house, request: ChangeRequest, api) -> list[str]:
    """The request on its page, in the list, in search, in the admin's list and page, and over the API."""
    quinn = Person.objects.get(pk=house.cast.quinn.pk)
    if not quinn.is_staff:
        with change(by=quinn, reason=REASON):
            quinn.is_staff = True
            quinn.save()
    client = signed_in(quinn)
    addresses = [
        reverse("change", args=[request.number]),
        reverse("changes"),
        f"{reverse('search')}?q=once",
        reverse("admin:governance_changerequest_changelist"),
        reverse("admin:governance_changerequest_change", args=[request.pk]),
    ]
    texts = [client.get(one) for one in addresses]
    assert [one.status_code for one in texts] == [200] * len(addresses)
    return [*(one.content.decode() for one in texts), api("get", f"changes/{request.number}").content.decode()]


def test_an_emergency_reads_as_released_before_approval_until_it_is_approved_in_retrospect(house, api):
    grant(account=house.account, interface_key="IF-001", direction="read", by=DEMONSTRATION, reason=REASON)
    request = emergency(house, content=interface(label="Results, at once"), kind="interface")
    assert path_on(page(house.cast.quinn, request)) == [
        "Waits for its release before approval",
        "Released before approval",
        "Verified",
        "Effectiveness check",
        "Approved in retrospect",
        "Closed",
    ]
    for person in (house.cast.olga, house.cast.rick):
        sign(person, request.number, "released", "change_release")
    for text in looks_of(house, request, api):
        assert "released before approval" in text.lower()
    told = api("get", f"changes/{request.number}").json()
    assert (told["state"], told["stage"]) == ("released", "Released before approval")
    assert (told["retrospective_due_at"] is None, told["retrospective_done_at"]) == (False, None)
    assert ChangeState.APPROVED not in {one.state for one in ChangeRequest.history.filter(id=request.pk)}
    assert ": approved" not in page(house.cast.quinn, request)
    stages.verify(number=request.number, text="The line runs again.", by=house.rena)
    for text in looks_of(house, request, api):
        assert "effectiveness check before approval" in text.lower()
    sign(house.cast.quinn, request.number, "approved")
    told = api("get", f"changes/{request.number}").json()
    assert (told["stage"], told["retrospective_done_at"] is None) == ("Effectiveness check", False)
    text = page(house.cast.quinn, request)
    assert "Effectiveness check before approval" not in text
    assert "opened its effectiveness check, before approval" in text, "its history stays what it was"


def test_an_emergency_that_is_signed_for_later_waits_and_is_not_approved(house):
    request = emergency(house)
    at = timezone.now() + timedelta(days=1)
    ordering.set_time(number=request.number, at=at, by=house.cast.olga, reason=REASON)
    for person in (house.cast.olga, house.cast.rick):
        sign(person, request.number, "released", "change_release")
    text = page(house.cast.quinn, request)
    assert "Release signed before approval" in text
    queues = signed_in(house.cast.quinn)
    assert request.number in queues.get(reverse("changes") + "?queue=release").content.decode()
    assert request.number not in queues.get(reverse("changes") + "?queue=decide").content.decode()
    assert ordering.release_due(at) == [request.number]
    assert now(request).state == ChangeState.RELEASED
    assert request.number in queues.get(reverse("changes") + "?queue=decide").content.decode()


def test_a_rejection_in_retrospect_is_told(house):
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason="It cannot stay so")
    assert "Released, rejected in retrospect" in page(house.cast.quinn, request)


def test_a_rollback_reads_as_no_approval_either(house):
    request = proposed_and_released(house)
    back = rollback.roll_back(number=request.number, by=house.cast.olga, reason=REASON)
    text = page(house.cast.quinn, back)
    assert path_on(text) == ["Waits for its release", "In force again as before", "Rolled back and closed"]
    assert ": approved" not in text
    queue = signed_in(house.cast.quinn).get(reverse("changes") + "?queue=release").content.decode()
    assert back.number in queue
    release_signed(house.cast.quinn, back.number)
    assert (now(back).state, now(request).state) == (ChangeState.CLOSED, ChangeState.ROLLED_BACK)
    assert ChangeState.APPROVED not in {one.state for one in ChangeRequest.history.filter(id=back.pk)}


def proposed_and_released(house) -> ChangeRequest:
    made = propose(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)], title="A change", by=house.ivo, reason=REASON
    )
    return released(house.cast, house.ivo, made.number)


# --- who decides in retrospect, and who releases a rollback ------------------------------------------------------


def test_owners_are_asked_in_retrospect_and_neither_releaser_approves(house):
    request = released_by_two(house)
    said = {"number": request.number, "verdict": "accepted", "comment": "We can live with it for now"}
    with pytest.raises(Refused, match=r"Somebody has yet to say what CR-.* means for 2 objects"):
        sign(house.rena, request.number, "reviewed")
    asked = reverse("change-disposition", args=[request.number, "system", "qms"])
    assert asked in page(house.cast.quinn, request)
    answer = signed_in(house.rena).post(asked, {"verdict": "accepted", "comment": said["comment"]})
    assert answer.status_code == 302
    owners.disposition(kind="interface", key="IF-001", by=house.rena, **said)
    for meaning in ("reviewed", "rejected"):
        with pytest.raises(NotAllowed, match="had a hand"):
            sign(house.cast.rick, request.number, meaning)
    sign(house.rena, request.number, "reviewed")
    takes_roles(house, house.cast.olga, "quality approver")
    with pytest.raises(NotAllowed, match="had a hand"):
        sign(Person.objects.get(username="olga"), request.number, "approved")
    sign(house.cast.quinn, request.number, "approved")
    assert now(request).retrospective_done_at is not None
    with pytest.raises(Refused, match="owners speak while"):
        owners.disposition(kind="interface", key="IF-001", by=house.rena, **said)
    assert standings.standing(now(request), standings.RELEASE).is_complete, "what owners said voids no release"
    rows = [*standings.standing(now(request), standings.RELEASE).live]
    assert [verdict_of(one).word for one in rows] == ["valid", "valid"]


def test_a_second_account_of_a_releaser_approves_nothing_in_retrospect(house):
    request = released_by_two(house)
    disposed(house.cast, request, by=house.rena)
    same_person.declare(person=house.rena, other=house.cast.olga, by=DEMONSTRATION, reason="One badge only")
    with pytest.raises(NotAllowed, match="another account of yours"):
        sign(Person.objects.get(username="rena"), request.number, "reviewed")


def test_who_began_a_rollback_does_not_release_it(house):
    request = proposed_and_released(house)
    back = rollback.roll_back(number=request.number, by=house.cast.quinn, reason=REASON)
    for person in (house.cast.quinn, house.ivo):
        with pytest.raises(NotAllowed):
            release_signed(person, back.number)
    assert release_signed(house.cast.olga, back.number).state == ChangeState.CLOSED


@pytest.mark.parametrize("stage", ["implementation", "verification", "effectiveness"])
def test_who_attached_evidence_does_not_sign_over_it(house, stage):
    """Olga could release and Quinn could close, had they not written what is signed there."""
    number = propose(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)], title="A change", by=house.ivo, reason=REASON
    ).number
    olga = takes_roles(house, house.cast.olga, "integration engineer", "quality approver")
    quinn = takes_roles(house, house.cast.quinn, "integration engineer")
    disposed(house.cast, ChangeRequest.objects.get(number=number))
    plan = {"rollback": "The earlier revision again.", "success": "Nothing is refused for two weeks."}
    stages.plan(number=number, by=house.ivo, reason=REASON, **plan)
    approved(house.cast, number)
    stages.implement(number=number, text="Nothing had to be done.", by=olga if stage == "implementation" else house.ivo)
    stages.make_ready(number=number, by=house.ivo, reason=REASON)
    if stage == "implementation":
        with pytest.raises(NotAllowed, match="had a hand"):
            release_signed(olga, number)
        assert release_signed(quinn, number).state == ChangeState.RELEASED
        return
    release_signed(olga, number)
    stages.verify(number=number, text="I saw ten results.", by=quinn if stage == "verification" else house.cast.rick)
    by = quinn if stage == "effectiveness" else house.ivo
    stages.attach(number=number, title="Two weeks later", text="No result was refused.", by=by, reason=REASON)
    with pytest.raises(NotAllowed, match="had a hand"):
        sign(quinn, number, "closed", "change_closing")
    sign(olga, number, "closed", "change_closing")
    assert ChangeRequest.objects.get(number=number).state == ChangeState.CLOSED


# --- an owner's word holds for what it was said of --------------------------------------------------------------


def test_an_owner_is_asked_again_when_the_criticality_has_risen(house):
    """The interface that the change reaches becomes critical while its owner has spoken already."""
    lower = {"criticality": "high"}
    released(house.cast, house.ivo, _interface(house, **lower).number)
    request = propose(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)], title="A change", by=house.ivo, reason=REASON
    )
    disposed(house.cast, now(request))
    assert owners.undisposed(now(request)) == []
    voiding.reassess(number=request.number, by=house.cast.quinn, reason=REASON)
    assert owners.undisposed(now(request)) == [], "nothing has risen: the words hold"
    released(house.cast, house.ivo, _interface(house, criticality="critical").number)
    voiding.reassess(number=request.number, by=house.cast.quinn, reason=REASON)
    assert {one.reference for one in owners.undisposed(now(request))} >= {("interface", "IF-001"), ("system", "qms")}
    asked = reverse("change-disposition", args=[request.number, "interface", "IF-001"])
    assert asked in page(house.cast.quinn, request)
    disposed(house.cast, now(request))
    assert owners.undisposed(now(request)) == []


def _interface(house, **facts) -> ChangeRequest:
    wanted = [Operation("interface", "IF-001", interface(**facts))]
    return propose(operations=wanted, title="Another criticality", by=house.ivo, reason=REASON)
