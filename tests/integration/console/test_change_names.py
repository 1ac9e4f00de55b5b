"""Who may see part of a change request reads no name of what else it holds, reaches, or met on its way."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dictionary.models import Entity
from governance.changes import Operation, propose, stages
from governance.changes.deciding import voiding
from governance.changes.deciding.standings import proposal_content
from governance.changes.impact.attachment import attachment
from governance.changes.propose import draft
from governance.changes.proposing import companions, drafting
from governance.changes.proposing.checks import NEEDED_BY_SOMETHING, needed_by
from governance.changes.releasing import ordering
from governance.changes.releasing.ordering import SCHEDULER
from governance.changes.requests import locked
from governance.changes.weighing import reach
from governance.changes.weighing.evidence import Piece
from governance.console.attached import attached
from governance.console.change_shown import moved
from governance.console.discretion import told_of
from governance.errors import ContentRefused, NotAllowed
from governance.guard.context import change
from governance.models import ChangeRequest, Person, System
from governance.permissions import check_may_propose
from governance.signing.statement import canonical
from hub.models import Interface
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
from tests.integration.console.test_change_pages import signed_in
from tests.integration.test_rights import give, person

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

MAPPING = to_canonical(rules=to_canonical()["rules"][:2])
HIDDEN = "IF-001"


@pytest.fixture
def house(world):
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    world.gus = person("gus")  # reads the mapping, and no interface
    for right in ("view_entity", "propose_entity"):
        give(world.gus, right, Entity.objects.get(key="result"))
    return world


def now(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=request.pk)


def text_of(reader: Person, address: str, **asked: str) -> str:
    """What a person reads there, without markup."""
    answer = signed_in(reader).get(address, asked)
    assert answer.status_code == 200, answer.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#x27;", "'").split())


def page(reader: Person, request: ChangeRequest) -> str:
    return text_of(reader, reverse("change", args=[request.number]))


def in_admin(reader: Person, request: ChangeRequest) -> str:
    return text_of(reader, reverse("admin:governance_changerequest_change", args=[request.pk]))


def with_an_interface(house) -> ChangeRequest:
    """A draft of a mapping, into which an interface was put."""
    made = draft(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)], title="Two things", by=house.ivo, reason=REASON
    )
    wanted = Operation("interface", HIDDEN, interface(label="New words"))
    return drafting.edit(number=made.number, operation=wanted, by=house.ivo, reason=REASON)


def test_a_closed_button_names_the_object_only_to_who_may_know_of_it(house):
    made = with_an_interface(house)
    told = page(house.gus, made)
    assert HIDDEN not in told
    assert "This is for who may propose it. You may not propose changes of everything that it changes." in told
    give(house.gus, "view_interface", Interface.objects.get(key=HIDDEN))
    assert f"You may not propose changes of the interface {HIDDEN}." in page(house.gus, made)


def test_what_was_taken_out_again_is_told_only_to_who_may_know_of_it(house):
    made = with_an_interface(house)
    for one in made.operations.exclude(kind="mapping"):
        drafting.drop(number=made.number, kind=one.kind, key=one.key, by=house.ivo, reason=REASON)
    told = page(house.gus, made)
    assert HIDDEN not in told
    assert f"put the mapping {MAPPING['key']} into it" in told
    for reader in (house.cast.rick, house.ivo):
        assert f"Ivo Keller took the interface {HIDDEN} out of it." in page(reader, made)


def stopped_at_its_time(house) -> ChangeRequest:
    """Signed for tomorrow, while another change of its interface comes into force."""
    wanted = [
        Operation("mapping", MAPPING["key"], MAPPING),
        Operation("interface", HIDDEN, interface(label="New words")),
    ]
    made = propose(operations=wanted, title="Two things", by=house.ivo, reason=REASON)
    at = timezone.now() + timedelta(days=1)
    disposed(house.cast, now(made))
    plan = {"rollback": "The earlier revision again.", "success": "Nothing is refused for two weeks."}
    stages.plan(number=made.number, by=house.ivo, reason=REASON, **plan)
    approved(house.cast, made.number)
    stages.implement(number=made.number, text="Nothing had to be done elsewhere.", by=house.ivo)
    stages.make_ready(number=made.number, by=house.ivo, reason=REASON)
    release_signed(house.cast.olga, made.number, at)
    other = Operation("interface", HIDDEN, interface(label="Other words"))
    released(house.cast, house.ivo, propose(operations=[other], title="Other", by=house.ivo, reason=REASON).number)
    assert ordering.release_due(at + timedelta(minutes=1)) == [made.number]
    return now(made)


def test_why_it_was_stopped_names_nothing_to_who_may_see_a_part(house):
    made = stopped_at_its_time(house)
    whole = f"The interface '{HIDDEN}' is in force as 1.0.1, and {made.number} was made from 1.0.0. "
    assert made.stopped_because == whole + "It has to be made anew from that."
    assert HIDDEN not in page(house.gus, made)
    assert voiding.STOPPED in page(house.gus, made)
    assert whole in page(house.cast.rick, made)
    for reader in (house.gus, house.cast.rick):
        rows = text_of(reader, reverse("changes"), q=made.number)
        assert voiding.STOPPED in rows
        assert "is in force as" not in rows
    with change(by=house.cast.rick, reason=REASON):
        rick = Person.objects.get(pk=house.cast.rick.pk)
        rick.is_staff = True
        rick.save()
    told = text_of(rick, reverse("admin:governance_changerequest_change", args=[made.pk]))
    assert voiding.STOPPED in told


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("", ""),
        ("It was assessed again.", "It was assessed again."),
        ("It was rejected in retrospect: roll it back.", "It was rejected in retrospect: roll it back."),
        (
            f"{voiding.GREW}: interface IF-9. Earlier signatures are void.",
            f"{voiding.GREW}; its page says what is new. Earlier signatures are void.",
        ),
        ("CR-2026-0001 has evidence that failed: Golden vectors of secret.", voiding.STOPPED),
        ("This change cannot be accepted: icd ICD-7: It would be wrong.", voiding.STOPPED),
    ],
)
def test_only_what_is_known_to_name_nothing_is_told_as_it_stands(sentence, told):
    assert voiding.without_names(sentence) == told


def test_on_the_short_path_growth_names_nothing_to_who_may_not_see_it(house):
    """Its draft is not assessed anew: the impact that the reader may see whole is the one from before."""
    give(house.gus, "view_interface", Interface.objects.get(key=HIDDEN))
    give(house.gus, "view_system", System.objects.get(key="qms"))
    words = {**to_canonical(), "label": "Other words for it"}
    made = propose(operations=[Operation("mapping", words["key"], words)], title="Words", by=house.ivo, reason=REASON)
    assert made.path == "short"
    for key, is_told in (("IF-SECRET", False), (HIDDEN, True)):
        with change(by=SCHEDULER, reason="The time of it", ticket=made.number):
            voiding.stop(locked(made.number), f"{voiding.GREW}: interface {key}. Earlier signatures are void.")
        assert now(made).is_open_draft
        told = page(house.gus, made)
        assert (f"{voiding.GREW}: interface {key}." in told) is is_told
        assert (f"{voiding.GREW}; its page says what is new." in told) is not is_told


def test_a_refused_release_names_no_object_beside_the_change_that_its_reader_may_not_know_of(house):
    spare = {**MAPPING, "key": "lims-spare"}
    new = propose(
        operations=[Operation("mapping", "lims-spare", spare)], title="A spare one", by=house.ivo, reason=REASON
    )
    released(house.cast, house.ivo, new.number)
    made = draft(operations=[Operation("mapping", "lims-spare", None)], title="Retire", by=house.ivo, reason=REASON)
    drafting.declare_emergency(number=made.number, by=house.ivo, reason=REASON)
    drafting.submit(number=made.number, by=house.ivo, reason=REASON)
    user = interface(key="IF-009", mapping="lims-spare")
    other = propose(operations=[Operation("interface", "IF-009", user)], title="Uses it", by=house.ivo, reason=REASON)
    released(house.cast, house.ivo, other.number)
    unnamed = "It cannot be retired: something that you may not see refers to it."
    told = page(house.cast.olga, made)
    assert "IF-009" not in told
    assert unnamed in told
    with pytest.raises(ContentRefused) as refused:
        sign(house.cast.olga, made.number, "released", "change_release")
    assert unnamed in refused.value.sentence
    assert "IF-009" not in refused.value.sentence
    with pytest.raises(ContentRefused) as whole:
        ordering.check_still_holds(now(made))
    assert "IF-009" in whole.value.sentence


def test_the_title_of_an_attached_impact_says_nothing_of_what_was_asked_about(house):
    made = draft(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)], title="One thing", by=house.ivo, reason=REASON
    )
    for about in ({"system": "crm-secret", "field": "$.Subject"}, {"system": "qms", "field": "$.x"}):
        piece = attachment(reach.now(made), about=about)
        assert re.fullmatch(r"Impact found: \d+ objects?", piece.title)
        stages.attach_found(number=made.number, piece=piece, by=house.ivo, reason=REASON)
    assert b"crm-secret" not in canonical(proposal_content(now(made)))
    for reader, is_told in ((house.gus, False), (house.ivo, True)):
        told = page(reader, made)
        assert "crm-secret" not in told
        assert "added the evidence “Impact found" in told
        assert ("Asked about: system qms, field $.x." in told) is is_told


def test_a_rejection_in_retrospect_is_told_as_one(house):
    rena = another_reviewer()
    made = draft(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)], title="At once", by=house.ivo, reason=REASON
    )
    drafting.declare_emergency(number=made.number, by=house.ivo, reason=REASON)
    drafting.submit(number=made.number, by=house.ivo, reason=REASON)
    for releaser in (house.cast.olga, house.cast.rick):
        sign(releaser, made.number, "released", "change_release")
    sign(rena, made.number, "rejected", reason="It cannot stay so")
    told = page(house.cast.quinn, made)
    assert "Rena Holm rejected it in retrospect: it may not stay in force." in told
    assert "assessed again" not in told


@pytest.mark.parametrize(("about", "sees"), [({"kind": "interface", "key": HIDDEN}, True), ({}, False)])
def test_an_old_title_that_names_what_was_asked_about_is_for_who_may_see_that_now(house, about, sees):
    """An earlier build wrote the name into the title."""
    made = draft(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)], title="One thing", by=house.ivo, reason=REASON
    )
    named = replace(attachment(reach.now(made), about=about), title=f"What depends on {HIDDEN}")
    stages.attach_found(number=made.number, piece=named, by=house.ivo, reason=REASON)
    assert HIDDEN not in page(house.gus, made)
    assert "“Impact found: " in page(house.gus, made)
    assert HIDDEN not in in_admin(house.gus, made)
    assert "Of the proposal Impact found: " in in_admin(house.gus, made)
    give(house.gus, "view_interface", Interface.objects.get(key=HIDDEN))
    assert (f"added the evidence “What depends on {HIDDEN}”" in page(house.gus, made)) is sees
    assert (f"Of the proposal What depends on {HIDDEN}" in in_admin(house.gus, made)) is sees


def test_test_cases_of_a_mapping_that_its_reader_may_not_see_are_told_without_its_name(house):
    made = with_an_interface(house)
    for kind, key in (("mapping", MAPPING["key"]), ("interface", HIDDEN)):
        piece = Piece("golden_vectors", f"3 golden vectors of {key}", True, {kind: key, "count": 3, "sentences": []})
        stages.attach_found(number=made.number, piece=piece, by=house.ivo, reason=REASON)
    told = page(house.gus, made)
    assert HIDDEN not in told
    assert f"3 golden vectors of {MAPPING['key']}" in told
    assert "3 golden vectors of something that you may not see" in told
    give(house.gus, "view_interface", Interface.objects.get(key=HIDDEN))
    assert f"3 golden vectors of {HIDDEN}" in page(house.gus, made)


def test_more_evidence_and_more_operations_ask_the_database_no_more(house, django_assert_num_queries):
    made = with_an_interface(house)

    def asked_for(count: int) -> int:
        for _ in range(count):
            piece = Piece("golden_vectors", f"3 golden vectors of {HIDDEN}", True, {"interface": HIDDEN, "count": 3})
            stages.attach_found(number=made.number, piece=piece, by=house.ivo, reason=REASON)
        with CaptureQueriesContext(connection) as asked:
            assert {one.title for one in attached(now(made), house.gus)} == {
                "3 golden vectors of something that you may not see"
            }
        return len(asked)

    asked_for(1)  # what is asked once a process, or once a person
    assert asked_for(1) == asked_for(4)
    found, operations = now(made), list(made.operations.select_related("base"))
    assert len(operations) > 1
    with django_assert_num_queries(1):
        assert moved(found, operations) == []


def test_what_a_form_says_is_wrong_elsewhere_names_nothing_that_its_reader_may_not_see(house):
    """The sentences of a refusal that comes when somebody else was first, on the pages of a proposal."""
    retired = Operation("mapping", MAPPING["key"], None)
    needed = f"mapping {MAPPING['key']}: {needed_by('interface', HIDDEN)}"
    broken = f"interface {HIDDEN}: It would lack its document."
    told = told_of(house.gus, [retired], [needed, broken])
    assert told == [f"mapping {MAPPING['key']}: {NEEDED_BY_SOMETHING}", companions.HIDDEN]
    give(house.gus, "view_interface", Interface.objects.get(key=HIDDEN))
    assert told_of(house.gus, [retired], [needed, broken]) == [needed, broken]


def test_a_refusal_names_the_kind_as_people_call_it(house):
    for kind, key, called in (
        ("icd", "ICD-0001", "interface control document"),
        ("code_list", "verdict", "code list"),
    ):
        with pytest.raises(NotAllowed, match=f"You may not propose changes of the {called} {key}."):
            check_may_propose(house.cast.rick, kind, key)
