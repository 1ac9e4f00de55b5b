"""Change control in Django's admin: who works on changes gets in by their role, sees what they may see, and acts by the
services of the pages.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.changes.weighing.reach import basis
from governance.guard.context import change
from governance.models import ChangeOperation, ChangeRequest, Person, System
from governance.permissions import allow
from governance.services.persons import enrol
from tests.factories.cast import PASSWORD
from tests.factories.deciding import REASON, engineer, put_policies_in_force
from tests.factories.signing import sign_on
from tests.factories.world import interface, release, to_canonical
from tests.integration.console.test_change_pages import WORDS, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

FEWER = to_canonical(rules=to_canonical()["rules"][:2])


@pytest.fixture
def unseen(world):
    """An interface that was given to nobody."""
    release(("interface", interface(key="IF-002", label="Given to nobody")))


@pytest.fixture
def house(world):
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    world.request = propose(
        operations=[Operation("system", "qms", WORDS)], title="A change", by=world.ivo, reason=REASON
    )
    return world


def page_of(request: ChangeRequest) -> str:
    return reverse("admin:governance_changerequest_change", args=[request.pk])


def act_of(request: ChangeRequest, name: str) -> str:
    return reverse("admin:governance_changerequest_act", args=[request.pk, name])


def test_who_works_on_changes_gets_in_and_finds_no_table_beside_what_they_may_read(house):
    for person in (house.ivo, house.cast.rick, house.cast.quinn, house.cast.olga):
        client = signed_in(person)
        index = client.get(reverse("admin:index"))
        assert index.status_code == 200, person
        assert reverse("admin:governance_changerequest_changelist") in index.content.decode()
        assert client.get(page_of(house.request)).status_code == 200, person
        for table in ("governance_person", "governance_auditevent", "governance_changeevidence", "hub_message"):
            assert client.get(reverse(f"admin:{table}_changelist")).status_code == 403, (person, table)


def test_who_only_looks_at_the_register_or_has_no_role_does_not_get_in(house):
    nobody = enrol(
        username="nora", full_name="Nora Weiss", password=PASSWORD, roles=[], by=DEMONSTRATION, reason=REASON
    )
    client = signed_in(nobody)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403
    assert client.get(page_of(house.request), follow=True).status_code == 403
    assert reverse("admin:index") not in client.get(reverse("changes")).content.decode()


def test_who_may_propose_on_one_object_gets_in_for_their_own(house):
    nora = enrol(username="nora", full_name="Nora Weiss", password=PASSWORD, roles=[], by=DEMONSTRATION, reason=REASON)
    with change(by=DEMONSTRATION, reason=REASON):
        allow(nora, "propose_system", System.objects.get(key="qms"))
    client = signed_in(nora)
    assert client.get(reverse("admin:governance_changerequest_changelist")).status_code == 200
    assert client.get(page_of(house.request)).status_code == 302  # to the index: there is no such request for her
    mine = propose(operations=[Operation("system", "qms", WORDS)], title="Words of mine", by=nora, reason=REASON)
    assert client.get(page_of(mine)).status_code == 200


def test_a_request_on_what_one_may_not_see_is_not_there_nor_its_operations_nor_their_history(unseen, house):
    hidden = ChangeRequest.objects.get(operations__kind="interface", operations__key="IF-002")
    operation = ChangeOperation.objects.get(change=hidden)
    rick, victor = signed_in(house.cast.rick), signed_in(house.cast.victor)
    for model, row in (("changerequest", hidden), ("changeoperation", operation)):
        for view in ("change", "history"):
            at = reverse(f"admin:governance_{model}_{view}", args=[row.pk])
            assert rick.get(at).status_code in (302, 404), (model, view)
            assert victor.get(at).status_code == 200, (model, view)
        assert hidden.number not in rick.get(reverse(f"admin:governance_{model}_changelist")).content.decode()
    assert rick.get(act_of(hidden, "cancel")).status_code == 404


def test_the_console_leads_there_and_back(house):
    for person in (house.cast.rick, house.cast.victor):
        client = signed_in(person)
        console = client.get(reverse("change", args=[house.request.number])).content.decode()
        assert f'href="{reverse("admin:index")}"' in console
        assert f'href="{page_of(house.request)}"' in console
        assert (
            f'href="{reverse("change", args=[house.request.number])}"'
            in client.get(page_of(house.request)).content.decode()
        )


def test_queues_and_filters_narrow_the_list_and_unknown_ones_are_refused(house):
    quinn, at = signed_in(house.cast.quinn), reverse("admin:governance_changerequest_changelist")
    assert house.request.number in quinn.get(at, {"queue": "decide"}).content.decode()
    assert house.request.number not in quinn.get(at, {"queue": "release"}).content.decode()
    assert house.request.number in quinn.get(at, {"risk": "low", "state": "draft"}).content.decode()
    assert quinn.get(at, {"author": "x"}).status_code == 400


def test_what_it_changes_stands_there_as_old_and_new_and_in_words_of_people(house):
    client, operation = signed_in(house.ivo), house.request.operations.get()
    old = operation.base.content["label"]
    page = client.get(page_of(house.request)).content.decode()
    assert "Submitted" in page
    assert f"label: {old} → {WORDS['label']}" in page
    assert "What happened" in page
    assert f"began {house.request.number}" in page
    released = ChangeRequest.objects.filter(path="at_once").first()
    victor = signed_in(house.cast.victor)
    pages = [victor.get(page_of(released)), victor.get(history_of(released)), victor.get(history_of(operation))]
    pages.append(victor.get(reverse("admin:governance_changerequest_changelist")))
    form, past, edits, listed = (one.content.decode() for one in pages)
    assert "None: released at once, without signatures" in form
    assert "None: released at once, without signatures" in past
    assert "Released at once, without signatures" in listed
    assert 'data-label="Path"' in listed
    for text in (form, past, listed.partition('id="result_list"')[2].partition("</table>")[0]):
        assert "at_once" not in text
    assert "content label" in edits
    assert WORDS["label"] in edits


def history_of(row) -> str:
    return reverse(f"admin:governance_{row._meta.model_name}_history", args=[row.pk])


def test_an_edit_of_a_draft_stands_in_the_history_as_old_and_new(house):
    request = draft(operations=[Operation("system", "qms", WORDS)], title="Another label", by=house.ivo, reason=REASON)
    drafting.edit(
        number=request.number,
        operation=Operation("system", "qms", {**WORDS, "label": "Quality system"}),
        by=house.ivo,
        reason=REASON,
    )
    text = signed_in(house.ivo).get(history_of(request.operations.get())).content.decode()
    assert re.search(rf"content label</th>\s*<td>{WORDS['label']}</td>\s*<td>Quality system</td>", text)


def test_every_open_act_stands_there_and_a_closed_one_says_why(house):
    at = page_of(house.request)
    approver = signed_in(house.cast.quinn).get(at).content.decode()
    assert reverse("sign", args=["change", house.request.number, "approved"]) in approver
    author = signed_in(house.ivo).get(at).content.decode()
    assert reverse("sign", args=["change", house.request.number, "approved"]) not in author
    assert "Sign the approval: You may not sign" in author
    assert act_of(house.request, "withdraw") in author


def test_an_act_goes_through_the_service_with_its_reason_and_right(house):
    at = act_of(house.request, "cancel")
    ivo, rick = signed_in(house.ivo), signed_in(house.cast.rick)
    assert rick.post(at, {"reason": REASON}).status_code == 403
    assert ivo.post(at, {"reason": "."}).status_code == 422
    assert ivo.post(at, {"reason": REASON, "state": "released"}).status_code == 422
    assert ChangeRequest.objects.get(pk=house.request.pk).state == "draft"
    assert ivo.post(at, {"reason": REASON}).status_code == 302
    assert ChangeRequest.objects.get(pk=house.request.pk).state == "cancelled"


def test_a_change_is_walked_from_its_draft_to_its_release(house):
    """Submit, assess, plan, review, approve, release: nobody is staff, each act stands on the page of the admin."""
    made = draft(
        operations=[Operation("mapping", "lims-result", FEWER)], title="Fewer fields", by=house.ivo, reason=REASON
    )
    ivo, rick = signed_in(house.ivo), signed_in(house.cast.rick)
    quinn, olga = signed_in(house.cast.quinn), signed_in(house.cast.olga)
    assert Person.objects.filter(is_staff=True).count() == 0
    done(ivo, made, "submit", reason=REASON)
    made.refresh_from_db()
    for one in basis(made).critical:
        say = reverse("admin:governance_changerequest_disposition", args=[made.pk, *one.reference])
        assert say in rick.get(page_of(made)).content.decode()
        assert rick.post(say, {"verdict": "accepted", "comment": "."}).status_code == 422
        assert rick.post(say, {"verdict": "accepted", "comment": REASON}).status_code == 302
    assert "Effect accepted" in rick.get(page_of(made)).content.decode()
    done(ivo, made, "plan", rollback="The earlier revision.", success="Nothing is refused.", reason=REASON)
    signed(rick, made, "change", "reviewed")
    signed(quinn, made, "change", "approved")
    done(ivo, made, "implement", text="Nothing had to be done elsewhere.")
    done(ivo, made, "make-ready", reason=REASON)
    signed(olga, made, "change_release", "released")
    made.refresh_from_db()
    assert made.state == "released"
    page = olga.get(page_of(made)).content.decode()
    assert "Rick Sato, Review" in page
    assert "valid, demonstration" in page


def done(client, request: ChangeRequest, name: str, **given: str) -> None:
    """The act stands on the page, and is done by its form."""
    assert act_of(request, name) in client.get(page_of(request)).content.decode(), name
    answer = client.post(act_of(request, name), given)
    assert answer.status_code == 302, answer.content.decode()


def username_of(client) -> str:
    """Who is signed in: the first signature of a session asks for it."""
    return Person.objects.get(pk=client.session["_auth_user_id"]).username


def signed(client, request: ChangeRequest, subject: str, meaning: str) -> None:
    """The signature stands on the page, and is made by the one ceremony."""
    address = reverse("sign", args=[subject, request.number, meaning])
    assert address in client.get(page_of(request)).content.decode(), meaning
    answer = sign_on(client, address, username_of(client))
    assert answer.status_code == 302, answer.content.decode()


def test_nobody_speaks_there_for_what_the_change_does_not_reach(house):
    """Nor on the page of the console."""
    made = propose(
        operations=[Operation("mapping", "lims-result", FEWER)], title="Fewer fields", by=house.ivo, reason=REASON
    )
    rick = signed_in(house.cast.rick)
    for kind, key in (("element", "lot"), ("system", "nowhere"), ("nothing", "lot")):
        for at in (
            reverse("admin:governance_changerequest_disposition", args=[made.pk, kind, key]),
            reverse("change-disposition", args=[made.number, kind, key]),
        ):
            assert rick.get(at).status_code == 404, at
            assert rick.post(at, {"verdict": "accepted", "comment": REASON}).status_code == 404, at


def test_nothing_is_edited_there(house):
    assert signed_in(house.cast.quinn).post(page_of(house.request), {"state": "released"}).status_code == 403
    assert signed_in(house.cast.quinn).get(reverse("admin:governance_changerequest_add")).status_code == 403
