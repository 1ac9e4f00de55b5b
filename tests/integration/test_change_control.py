"""A change walks its path: drafted by some, decided by others, released by a person, watched until it is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose, stages
from governance.changes.deciding import standings, voiding
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.changes.releasing import ordering, rollback
from governance.changes.weighing import owners
from governance.errors import BaseMoved, NotAllowed, Refused
from governance.guard.context import change
from governance.models import ChangeOperation, ChangeRequest, EffectiveRevision, Membership, Person, Signature, System
from governance.services import same_person
from governance.signing.validity import verdict_of
from hub.flow.work import drain
from hub.models import InterfaceRelease
from hub.selectors.trail.aftermath import handled
from hub.services.grants import allow_role
from tests.factories.deciding import (
    another_reviewer,
    approved,
    disposed,
    engineer,
    put_policies_in_force,
    release_signed,
    released,
    sign,
    starter_policies,
)
from tests.factories.world import connection as new_door
from tests.factories.world import interface, sample, to_canonical
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M7.5")]

WHY = "The supplier's laboratory reports in another unit"
QMS = {"key": "qms", "label": "Quality system", "category": "qms", "owner": "Quality", "level": 3, "gxp": True}
WORDS = {**QMS, "label": "Quality management system"}
MEANING = {**QMS, "owner": "Quality assurance"}


@pytest.fixture
def house(world):
    """The small world under the starter policies, and Ivo who drafts."""
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    return world


def proposed(by, content=WORDS, kind="system") -> ChangeRequest:
    made = propose(operations=[Operation(kind, content["key"], content)], title="A change", by=by, reason=WHY)
    return ChangeRequest.objects.get(pk=made.pk)


def state(request: ChangeRequest) -> str:
    return ChangeRequest.objects.values_list("state", flat=True).get(pk=request.pk)


def in_force(key="qms", kind="system") -> dict:
    return EffectiveRevision.objects.get(kind=kind, key=key).revision.content


def test_an_editorial_change_goes_the_short_way(house):
    request = proposed(house.ivo)
    assert (request.state, request.path, request.risk, request.change_kind) == ("draft", "short", "low", "editorial")
    assert in_force() == QMS
    assert approved(house.cast, request.number).state == "approved"
    assert release_signed(house.cast.olga, request.number).state == "closed"
    assert in_force() == WORDS


def test_a_change_of_high_risk_goes_the_whole_way(house):
    request = proposed(house.ivo, to_canonical(rules=to_canonical()["rules"][:2]), "mapping")
    assert (request.state, request.path, request.change_kind) == ("assessed", "full", "semantic")
    number, ivo = request.number, house.ivo
    with pytest.raises(Refused, match="must be planned"):
        sign(house.cast.rick, number, "reviewed")
    plan = {"rollback": "Release the earlier revision again.", "success": "No result is refused for two weeks."}
    with pytest.raises(Refused, match=r"Somebody has yet to say what CR-.* means for 2 objects"):
        stages.plan(number=number, by=ivo, reason=WHY, **plan)
    said = {"number": number, "verdict": "accepted", "comment": "The results stay readable for us."}
    with pytest.raises(NotAllowed, match="belongs to Quality"):
        owners.disposition(kind="system", key="qms", by=house.cast.olga, **said)
    owners.disposition(kind="interface", key="IF-001", by=house.cast.olga, **said)
    owners.disposition(kind="system", key="qms", by=house.cast.rick, **said)
    stages.plan(number=number, by=ivo, reason=WHY, **plan)
    assert approved(house.cast, number).state == "approved"
    with pytest.raises(Refused, match="must be ready"):
        release_signed(house.cast.olga, number)
    stages.implement(number=number, text="The laboratory sends without units since Monday.", by=ivo)
    stages.make_ready(number=number, by=ivo, reason=WHY)
    assert release_signed(house.cast.olga, number).state == "released"
    assert InterfaceRelease.objects.filter(change_number=number).count() == 1
    with pytest.raises(NotAllowed, match="had a hand"):
        stages.verify(number=number, text="I saw ten results arrive.", by=ivo)
    assert stages.verify(number=number, text="I saw ten results arrive.", by=house.cast.rick).state == "effectiveness"
    with pytest.raises(Refused, match="attach that first"):
        sign(house.cast.quinn, number, "closed", "change_closing")
    stages.attach(number=number, title="Two weeks later", text="No result was refused.", by=ivo, reason=WHY)
    sign(house.cast.quinn, number, "closed", "change_closing")
    assert state(request) == "closed"


def test_the_author_and_a_co_editor_cannot_sign(house):
    quinn, ivo = house.cast.quinn, house.ivo
    request = draft(operations=[Operation("system", "qms", WORDS)], title="Words", by=ivo, reason=WHY)
    anna = engineer("anna", "Anna Petrov")
    drafting.edit(
        number=request.number, operation=Operation("system", "qms", {**WORDS, "label": "QMS"}), by=anna, reason=WHY
    )
    drafting.edit(number=request.number, operation=Operation("system", "qms", WORDS), by=ivo, reason=WHY)
    drafting.submit(number=request.number, by=ivo, reason=WHY)
    with change(by=quinn, reason=WHY):
        for person in (anna, ivo):
            Membership(person=person, group=Group.objects.get(name="quality approver")).save()
    for person in (anna, ivo):
        with pytest.raises(NotAllowed, match="had a hand"):
            sign(Person.objects.get(pk=person.pk), request.number, "approved")
    sign(quinn, request.number, "approved")
    assert state(request) == "approved"


def test_an_author_who_names_himself_the_owner_cannot_speak_for_it(house):
    request = proposed(house.ivo, interface(owner="Ivo Keller"), "interface")
    said = {"number": request.number, "kind": "interface", "key": "IF-001", "verdict": "no_effect"}
    with pytest.raises(NotAllowed, match="had a hand"):
        owners.disposition(**said, comment="It means nothing for me", by=house.ivo)
    same_person.declare(person=house.cast.rick, other=house.ivo, by=DEMONSTRATION, reason="One badge, two accounts")
    with pytest.raises(NotAllowed, match="had a hand"):
        owners.disposition(**said, comment="It means nothing for us", by=Person.objects.get(username="rick"))
    owners.disposition(**said, comment="It means nothing for us", by=house.cast.quinn)


def test_a_rejection_leaves_what_is_in_force_alone(house):
    request = proposed(house.ivo)
    sign(house.cast.quinn, request.number, "rejected", reason="The label is no better than before")
    assert state(request) == "rejected"
    assert in_force() == QMS
    with pytest.raises(Refused):
        release_signed(house.cast.olga, request.number)


def test_what_was_submitted_is_frozen_until_it_is_withdrawn(house):
    request = proposed(house.ivo)
    item = Operation("system", "qms", {**WORDS, "label": "Other"})
    with pytest.raises(Refused, match="frozen"):
        drafting.edit(number=request.number, operation=item, by=house.ivo, reason=WHY)
    operation = ChangeOperation.objects.get(change=request)
    with pytest.raises(Refused, match="frozen"), change(by=house.ivo, reason=WHY):
        operation.save()
    sign(house.cast.quinn, request.number, "approved")
    drafting.withdraw(number=request.number, by=house.ivo, reason=WHY)
    drafting.edit(number=request.number, operation=item, by=house.ivo, reason=WHY)
    drafting.submit(number=request.number, by=house.ivo, reason=WHY)
    assert state(request) == "draft"
    with pytest.raises(Refused, match="must be approved"):
        release_signed(house.cast.olga, request.number)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_changerequest SET state = 'released' WHERE number = %s",
        "UPDATE governance_changerequest SET state = 'closed' WHERE number = %s",
        "UPDATE governance_changeoperation SET key = 'x' WHERE change_id = "
        "(SELECT id FROM governance_changerequest WHERE number = %s)",
    ],
)
def test_the_database_refuses_a_state_without_an_arrow_and_a_frozen_operation(house, statement):
    request = proposed(house.ivo, MEANING)
    assert request.state == "assessed"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [request.number])


def test_the_release_waits_for_its_time_and_is_carried_out_once(house):
    request = proposed(house.ivo)
    approved(house.cast, request.number)
    at = timezone.now() + timedelta(hours=6)
    assert release_signed(house.cast.olga, request.number, at).state == "approved"
    assert ordering.release_due() == []
    assert ordering.release_due(at) == [request.number]
    assert ordering.release_due(at) == []
    done = ChangeRequest.objects.get(pk=request.pk)
    assert (done.state, done.released_by["name"]) == ("closed", "Olga Brandt")
    assert in_force() == WORDS


def test_an_impact_that_grew_stops_the_release_and_says_why(house):
    """Between signature and time a second connection to the system comes into force."""
    request = proposed(house.ivo)
    approved(house.cast, request.number)
    at = timezone.now() + timedelta(hours=6)
    release_signed(house.cast.olga, request.number, at)
    other = proposed(
        house.ivo, {**new_door("http://127.0.0.1:1"), "key": "qms-second", "label": "Second door"}, "connection"
    )
    approved(house.cast, other.number)
    release_signed(house.cast.olga, other.number)
    with pytest.raises(voiding.ImpactGrew, match="its page says what is new"):
        voiding.check_still_decided(ChangeRequest.objects.get(pk=request.pk))
    ordering.release_due(at)
    stopped = ChangeRequest.objects.get(pk=request.pk)
    assert stopped.state == "draft"
    assert "qms-second" in stopped.stopped_because
    assert in_force() == QMS


def test_a_base_that_moved_is_a_conflict_and_the_draft_can_begin_from_it(house):
    first, second = proposed(house.ivo), proposed(house.ivo, MEANING)
    approved(house.cast, first.number)
    release_signed(house.cast.olga, first.number)
    with pytest.raises(BaseMoved):
        sign(house.cast.rick, second.number, "reviewed")
    drafting.withdraw(number=second.number, by=house.ivo, reason=WHY)
    both = Operation("system", "qms", {**MEANING, "label": WORDS["label"]}, base="1.0.1")
    drafting.edit(number=second.number, operation=both, by=house.ivo, reason=WHY)
    drafting.submit(number=second.number, by=house.ivo, reason=WHY)
    approved(house.cast, second.number)
    assert release_signed(house.cast.olga, second.number).state == "released"


def test_a_policy_that_was_lowered_lowers_no_open_request(house):
    request = proposed(house.ivo, MEANING)
    lower = next(one for one in starter_policies() if one["key"] == "every-meaning")
    lowered = {**lower, "steps": lower["steps"][1:]}
    changed = proposed(house.ivo, lowered, "approval_policy")
    assert set(changed.requirement["policies"]) == {one["key"] for one in starter_policies()}
    assert released(house.cast, house.ivo, changed.number).state == "released"
    with pytest.raises(Refused, match="reviewed"):
        sign(house.cast.quinn, request.number, "approved")


def test_a_mapping_brings_its_golden_vectors_and_a_back_test(client, house):
    """Ivo may read what arrived; of three results two have a verdict, which the candidate reads elsewhere."""
    allow_role(
        role="integration engineer", permission="view_interface", interface_key="IF-001", by=DEMONSTRATION, reason=WHY
    )
    allow_role(
        role="integration engineer", permission="read_payload", interface_key="IF-001", by=DEMONSTRATION, reason=WHY
    )
    for number in range(3):
        post(client, house, sample(number))
    rules = [{**rule, "path": "$.sample"} if rule["target"] == "lot" else rule for rule in to_canonical()["rules"]]
    case = {
        "name": "plain",
        "sample": '{"sample": "S-1", "lot": "L-1"}',
        "expected": '{"reference": "S-1", "lot": "S-1"}',
    }
    request = proposed(house.ivo, to_canonical(rules=rules, cases=[case]), "mapping")
    found = {one.kind: one for one in request.evidence.all()}
    assert found["golden_vectors"].is_passed
    facts = found["back_test"].facts
    assert (facts["mapping"], facts["count"], facts["differing"]) == ("lims-result", 3, 3)


def test_a_code_list_brings_a_back_test_of_the_mappings_that_read_it(client, house):
    """Two of three results have a verdict; one that is only called otherwise alters no message."""
    for right in ("view_interface", "read_payload"):
        allow_role(role="integration engineer", permission=right, interface_key="IF-001", by=DEMONSTRATION, reason=WHY)
    for number in range(3):
        post(client, house, sample(number))
    held = in_force("verdict", "code_list")
    for content, differing in (
        ({**held, "label": "Verdict of the laboratory"}, 0),
        ({**held, "crosswalks": {"lims": {"OK": "fail", "NOK": "pass"}}}, 3),
    ):
        request = proposed(house.ivo, content, "code_list")
        facts = request.evidence.get(kind="back_test").facts
        assert (facts["mappings"], facts["count"], facts["differing"]) == (2, 3, differing)
        assert "lims-result" not in str(facts)


def test_a_rollback_restores_what_was_by_the_signature_of_another_person(house):
    request = proposed(house.ivo, MEANING)
    approved(house.cast, request.number)
    release_signed(house.cast.olga, request.number)
    back = rollback.roll_back(number=request.number, by=house.cast.olga, reason=WHY)
    assert in_force() == MEANING
    with pytest.raises(NotAllowed, match="had a hand"):
        release_signed(house.cast.olga, back.number)
    done = release_signed(house.cast.quinn, back.number)
    assert (done.state, state(request)) == ("closed", "rolled_back")
    assert in_force() == QMS
    assert System.objects.get(key="qms").version == "3.0.0"


def test_an_emergency_needs_two_persons_and_an_approval_in_retrospect(house):
    request = draft(operations=[Operation("system", "qms", MEANING)], title="At once", by=house.ivo, reason=WHY)
    drafting.declare_emergency(number=request.number, by=house.ivo, reason=WHY)
    drafting.submit(number=request.number, by=house.ivo, reason=WHY)
    sign(house.cast.olga, request.number, "released", "change_release")
    assert in_force() == QMS
    with pytest.raises(NotAllowed, match="signed this already"):
        sign(house.cast.olga, request.number, "released", "change_release")
    with pytest.raises(NotAllowed, match="may not release"):
        sign(house.ivo, request.number, "released", "change_release")
    sign(house.cast.rick, request.number, "released", "change_release")
    assert in_force() == MEANING
    done = ChangeRequest.objects.get(pk=request.pk)
    assert done.retrospective_due_at is not None
    stages.verify(number=request.number, text="The line runs again.", by=house.cast.rick)
    stages.attach(number=request.number, title="Looked at", text="It held for two weeks.", by=house.ivo, reason=WHY)
    with pytest.raises(Refused, match="retrospect"):
        sign(house.cast.quinn, request.number, "closed", "change_closing")
    with pytest.raises(Refused, match="has yet to say"):
        sign(house.cast.rick, request.number, "reviewed")
    disposed(house.cast, done, by=house.cast.quinn)
    with pytest.raises(NotAllowed, match="had a hand"):
        sign(house.cast.rick, request.number, "reviewed")
    sign(another_reviewer(), request.number, "reviewed")
    sign(house.cast.quinn, request.number, "approved")
    sign(house.cast.quinn, request.number, "closed", "change_closing")
    assert state(request) == "closed"
    made = Signature.objects.filter(subject_id=request.number)
    assert [one.meaning for one in made if not verdict_of(one).is_valid] == []


def test_who_assesses_again_asks_everybody_again(house):
    request = proposed(house.ivo, MEANING)
    approved(house.cast, request.number)
    voiding.reassess(number=request.number, by=house.cast.quinn, reason=WHY)
    assert not standings.standing(ChangeRequest.objects.get(pk=request.pk), standings.PROPOSAL).live
    approved(house.cast, request.number)
    assert state(request) == "approved"
    release_signed(house.cast.olga, request.number)
    assert in_force() == MEANING


def test_a_release_that_nobody_signed_is_not_carried_out(house):
    """With the database's password alone: its columns say that it was ordered."""
    request = proposed(house.ivo, MEANING)
    approved(house.cast, request.number)
    at = timezone.now()
    with change(by=house.cast.olga, reason=WHY):
        row = ChangeRequest.objects.get(pk=request.pk)
        row.ordered_at, row.effective_at, row.ordered_by = at, at, {"id": "somebody"}
        row.save()
    ordering.release_due(at)
    assert in_force() == QMS
    assert "release signature" in ChangeRequest.objects.get(pk=request.pk).stopped_because


def test_nothing_is_added_to_what_the_releaser_has_signed(house):
    request = proposed(house.ivo)
    approved(house.cast, request.number)
    at = timezone.now() + timedelta(hours=6)
    release_signed(house.cast.olga, request.number, at)
    with pytest.raises(Refused, match="nothing can be attached"):
        stages.attach(number=request.number, title="Later", text="I add this.", by=house.ivo, reason=WHY)
    ordering.release_due(at)
    assert state(request) not in ("approved", "draft")


def test_a_late_approval_in_retrospect_stands_on_the_overview(client, house):
    request = draft(operations=[Operation("system", "qms", MEANING)], title="At once", by=house.ivo, reason=WHY)
    drafting.declare_emergency(number=request.number, by=house.ivo, reason=WHY)
    drafting.submit(number=request.number, by=house.ivo, reason=WHY)
    for person in (house.cast.olga, house.cast.rick):
        sign(person, request.number, "released", "change_release")
    client.force_login(house.cast.quinn, backend="django.contrib.auth.backends.ModelBackend")
    assert "is overdue" not in client.get("/").content.decode()
    done = ChangeRequest.objects.get(pk=request.pk)
    with change(by=house.cast.olga, reason=WHY):
        done.retrospective_due_at = timezone.now() - timedelta(hours=1)
        done.save()
    assert f">{request.number}</a> is overdue" in client.get("/").content.decode()


def test_a_rollback_lists_what_the_failed_release_handled_and_offers_what_failed(client, house):
    """Two results ran with the release: one reached the target, one was refused there."""
    request = proposed(house.ivo, to_canonical(label="Results, read anew"), "mapping")
    approved(house.cast, request.number)
    release_signed(house.cast.olga, request.number)
    house.target.status_for["S-2"] = 422
    ids = [post(client, house, sample(number, lot=f"L-{number}")).json()["id"] for number in (1, 2)]
    drain()
    (row,) = handled(house.cast.olga, request.number)
    assert (row.count, row.reached_count) == (2, 1)
    assert [str(one) for one in (*row.reached, *row.failed)] == ids
    assert handled(engineer("nina", "Nina Novak"), request.number) == []
