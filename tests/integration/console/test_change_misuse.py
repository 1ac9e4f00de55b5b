"""A change walked over HTTP as author, reviewer, approver and releaser, the wrong step tried beside each right one."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.changes import Operation, propose, stages
from governance.changes.propose import draft
from governance.changes.releasing import ordering
from governance.changes.weighing import owners
from governance.errors import NotAllowed, Refused
from governance.guard.context import change
from governance.models import ChangeRequest, EffectiveRevision, Membership, Person, Signature
from governance.services.same_person import declare
from tests.factories.cast import PASSWORD
from tests.factories.deciding import (
    REASON,
    approved,
    disposed,
    engineer,
    put_policies_in_force,
    release_signed,
    released,
    sign,
    starter_policies,
)
from tests.factories.forms import Page
from tests.factories.world import to_canonical
from tests.integration.console.test_change_pages import WORDS, proposed, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

MEANING = {**WORDS, "label": "Quality system", "owner": "Quality assurance"}


@pytest.fixture
def house(world):
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    return world


def signs(person: Person, number: str, meaning: str, subject: str = "change", reason: str = "") -> Any:
    """The page of signing, opened and sent; its own answer where it does not open."""
    client, address = signed_in(person), reverse("sign", args=[subject, number, meaning])
    form = client.get(address)
    if form.status_code != 200:
        return form
    given = {"intent": str(form.context["intent"].id), "password": PASSWORD, "username": person.username}
    return client.post(address, {**given, "reason": reason})


def acts(client: Client, request: ChangeRequest, name: str, **given: str) -> Any:
    return client.post(reverse("change-act", args=[request.number, name]), {"reason": REASON, **given})


def now(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=request.pk)


def in_force(key: str = "qms") -> str:
    return EffectiveRevision.objects.get(kind="system", key=key).revision.version


def kept(house, content=MEANING) -> ChangeRequest:
    """An open draft of Ivo's."""
    wanted = [Operation("system", content["key"], content)]
    return draft(operations=wanted, title="Another owner", by=house.ivo, reason=REASON)


def in_force_by_signatures(house, content=MEANING) -> ChangeRequest:
    request = proposed(house, content)
    approved(house.cast, request.number)
    release_signed(house.cast.olga, request.number)
    return now(request)


def takes_roles(house, person: Person, *roles: str) -> Person:
    with change(by=house.cast.victor, reason=REASON):
        for role in roles:
            Membership(person=person, group=Group.objects.get(name=role)).save()
    return Person.objects.get(pk=person.pk)


def shown(person: Person, request: ChangeRequest) -> str:
    return signed_in(person).get(reverse("change", args=[request.number])).content.decode()


def test_nobody_signs_twice_nor_a_step_that_is_not_their_turn(house):
    request = proposed(house, MEANING)
    both = takes_roles(house, house.cast.rick, "quality approver")
    disposed(house.cast, request)
    assert signs(house.cast.quinn, request.number, "approved").status_code == 409
    assert signs(both, request.number, "reviewed").status_code == 302
    refused = signs(both, request.number, "approved")
    assert (refused.status_code, "signed this already" in refused.content.decode()) == (403, True)
    assert signs(house.cast.olga, request.number, "released", "change_release").status_code == 422
    assert signs(house.cast.quinn, request.number, "approved").status_code == 302
    assert signs(house.ivo, request.number, "released", "change_release").status_code == 403
    assert (now(request).state, in_force()) == ("approved", "1.0.0")
    assert signs(house.cast.olga, request.number, "released", "change_release").status_code == 302
    assert (now(request).state, in_force()) == ("released", "2.0.0")


def test_an_open_draft_is_released_by_no_signature(house):
    request = kept(house)
    refused = signs(house.cast.olga, request.number, "released", "change_release")
    assert (refused.status_code, "is an open draft" in refused.content.decode()) == (409, True)
    later = (timezone.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert acts(signed_in(house.cast.olga), request, "set-time", at=later).status_code == 422
    assert (now(request).state, in_force()) == ("draft", "1.0.0")
    assert not Signature.objects.filter(subject_id=request.number).exists()


def test_a_rollback_holds_what_was_in_force_and_nothing_else(house):
    """Who releases could else put content of their own into it, under the hands of those whose change failed."""
    request = in_force_by_signatures(house)
    olga = takes_roles(house, house.cast.olga, "integration engineer", "quality approver")
    client = signed_in(olga)
    assert acts(client, request, "roll-back").status_code == 302
    back = ChangeRequest.objects.get(rolls_back=request)
    page = shown(olga, back)
    assert "Technical review" not in page
    assert reverse("change-act", args=[back.number, "withdraw"]) not in page
    refused = acts(client, back, "withdraw")
    assert (refused.status_code, "and nothing else" in refused.content.decode()) == (422, True)
    assert acts(client, back, "reassess").status_code == 302
    assert (now(back).state, now(back).path) == ("draft", "rollback")
    assert acts(client, request, "roll-back").status_code == 422
    assert signs(house.ivo, back.number, "released", "change_release").status_code == 403
    refused = signs(olga, back.number, "released", "change_release")
    assert (refused.status_code, "you had a hand in it yourself" in refused.content.decode()) == (403, True)
    assert signs(house.cast.quinn, back.number, "released", "change_release").status_code == 302
    assert (now(back).state, now(back).stopped_because, now(request).state) == ("closed", "", "rolled_back")
    again = acts(client, back, "roll-back")
    assert (again.status_code, "released and not closed" in again.content.decode()) == (422, True)


def test_a_second_account_of_the_author_says_nothing_and_verifies_nothing(house):
    other = takes_roles(house, engineer("ivo-2", "Ivo Keller"), "reviewer")
    declare(person=other, other=house.ivo, by=house.cast.quinn, reason=REASON)
    other.refresh_from_db()
    request = proposed(house, to_canonical(rules=to_canonical()["rules"][:2]), "mapping")
    said = {"number": request.number, "kind": "interface", "key": "IF-001", "verdict": "accepted", "comment": REASON}
    with pytest.raises(NotAllowed, match="another account of yours"):
        owners.disposition(by=other, **said)
    owners.disposition(by=house.cast.rick, **said)
    released = in_force_by_signatures(house)
    with pytest.raises(NotAllowed, match="another account of yours"):
        stages.verify(number=released.number, text="It works as it should.", by=other)
    assert stages.verify(number=released.number, text="It works as it should.", by=house.cast.rick).state == "verified"


def test_who_wrote_the_plan_or_attached_evidence_does_not_approve_it(house):
    """Both are part of what is signed; whoever only held and withdrew it wrote nothing."""
    quinn = takes_roles(house, house.cast.quinn, "integration engineer")
    nina = takes_roles(house, engineer("nina", "Nina Novak"), "quality approver")
    request = kept(house, WORDS)
    stages.attach(
        number=request.number, title="Looked at", text="It is the name of the house.", by=quinn, reason=REASON
    )
    assert acts(signed_in(nina), request, "hold").status_code == 302
    assert acts(signed_in(nina), request, "resume").status_code == 302
    assert acts(signed_in(house.ivo), request, "submit").status_code == 302
    assert signs(quinn, request.number, "approved").status_code == 403
    assert signs(nina, request.number, "approved").status_code == 302
    whole = proposed(house, to_canonical(rules=to_canonical()["rules"][:2]), "mapping")
    disposed(house.cast, whole)
    words = {"rollback": "The earlier revision again.", "success": "Nothing is refused for two weeks."}
    stages.plan(number=whole.number, by=quinn, reason=REASON, **words)
    sign(house.cast.rick, whole.number, "reviewed")
    assert signs(quinn, whole.number, "approved").status_code == 403


def test_what_cannot_come_into_force_can_be_rejected(house):
    first, second = proposed(house), proposed(house, MEANING)
    approved(house.cast, first.number)
    release_signed(house.cast.olga, first.number)
    assert signs(house.cast.rick, second.number, "reviewed").status_code == 409
    assert signs(house.cast.rick, second.number, "rejected").status_code == 422
    assert signs(house.cast.rick, second.number, "rejected", reason="It came too late").status_code == 302
    assert (now(second).state, in_force()) == ("rejected", "1.0.1")


def test_where_the_base_moved_the_page_says_the_way_and_nothing_is_overwritten(house):
    """The author withdraws it, sees the other change beside their own, puts theirs on top and submits again."""
    first, second = proposed(house), proposed(house, MEANING)
    approved(house.cast, first.number)
    release_signed(house.cast.olga, first.number)
    assert "in force as 1.0.1 by now" in shown(house.ivo, second)
    ivo = signed_in(house.ivo)
    assert acts(ivo, second, "withdraw").status_code == 302
    assert acts(ivo, second, "submit").status_code == 409
    page = Page(ivo, reverse("propose-change", args=["system", "qms"]) + f"?change={second.number}")
    assert (page.values["base"], page.values["f.owner"]) == ("1.0.0", "Quality assurance")
    conflict = page.press("check")
    assert (conflict.status, "Somebody changed qms meanwhile" in conflict.text) == (409, True)
    merged = conflict.press("merge")
    assert (merged.values["base"], merged.values["f.label"]) == ("1.0.1", WORDS["label"])
    assert merged.propose().status == 302
    assert "by now, and this was made from" not in shown(house.ivo, second)
    assert acts(ivo, second, "submit").status_code == 302
    assert now(second).operations.get().content == {**MEANING, "label": WORDS["label"]}


def test_a_path_that_became_too_short_voids_the_approvals_until_it_is_assessed_again(house):
    request = proposed(house, MEANING)
    assert request.path == "standard"
    stricter = {**next(one for one in starter_policies() if one["key"] == "every-meaning"), "path": "full"}
    approved(house.cast, request.number)
    policy = propose(
        operations=[Operation("approval_policy", "every-meaning", stricter)],
        title="A longer way",
        by=house.ivo,
        reason=REASON,
    )
    released(house.cast, house.ivo, policy.number)
    refused = signs(house.cast.olga, request.number, "released", "change_release")
    assert (refused.status_code, "ask for the full one" in refused.content.decode()) == (409, True)
    assert acts(signed_in(house.ivo), request, "reassess").status_code == 302
    assert (now(request).state, now(request).path) == ("assessed", "full")


def test_a_time_that_has_passed_is_neither_set_nor_signed(house):
    request, olga = proposed(house), signed_in(house.cast.olga)
    approved(house.cast, request.number)
    past = (timezone.now() - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M")
    assert acts(olga, request, "set-time", at=past).status_code == 422
    assert acts(olga, request, "set-time", at="next week").status_code == 422
    with change(by=house.cast.olga, reason=REASON):
        waiting = now(request)
        waiting.effective_at = timezone.now() - timedelta(minutes=2)
        waiting.save()
    refused = signs(house.cast.olga, request.number, "released", "change_release")
    assert (refused.status_code, "has passed" in refused.content.decode()) == (422, True)
    assert acts(olga, request, "set-time", at="").status_code == 302
    assert signs(house.cast.olga, request.number, "released", "change_release").status_code == 302
    assert in_force() == "1.0.1"


def test_an_emergency_that_was_signed_for_later_is_due_two_days_after_its_release(house):
    request = kept(house)
    ivo = signed_in(house.ivo)
    assert acts(ivo, request, "declare-emergency").status_code == 302
    assert acts(ivo, request, "submit").status_code == 302
    at = timezone.now() + timedelta(days=10)
    ordering.set_time(number=request.number, at=at, by=house.cast.olga, reason=REASON)
    for person in (house.cast.olga, house.cast.rick):
        assert signs(person, request.number, "released", "change_release").status_code == 302
    assert now(request).retrospective_due_at is None
    ordering.release_due(at)
    assert now(request).retrospective_due_at is not None


@pytest.mark.parametrize("words", ["Cafe\u0301 renamed", "Owner \u202edeman\u202c", "."])
def test_words_that_mislead_or_say_nothing_stand_in_no_evidence(house, words):
    page = Page(signed_in(house.ivo), reverse("propose-change", args=["system", "qms"])).fill(owner="QA").press("check")
    before = ChangeRequest.objects.count()
    assert page.say(title=words, reason=REASON).press("propose").status == 422
    assert page.say(title="Another owner", reason=words).press("propose").status == 422
    assert page.say(title="Another owner", reason=REASON).press("draft").status == 302
    assert ChangeRequest.objects.count() == before + 1
    request = ChangeRequest.objects.latest("proposed_at")
    wrong = {"title": words, "text": "It is so"} if words != "." else {"title": "Looked at", "text": "x", "reason": "."}
    assert acts(signed_in(house.ivo), request, "attach", **wrong).status_code == 422
    with pytest.raises(Refused):
        propose(
            operations=[Operation("system", "qms", {**MEANING, "owner": words})],
            title=words,
            by=house.ivo,
            reason=REASON,
        )


def test_what_an_owner_may_not_know_of_is_not_there(house):
    """Ivo's role sees no interface: the page of its word is a 404, as for an interface that never was."""
    request = proposed(house, to_canonical(rules=to_canonical()["rules"][:2]), "mapping")
    for key in ("IF-001", "IF-999"):
        address = reverse("change-disposition", args=[request.number, "interface", key])
        given = {"verdict": "no_effect", "comment": REASON}
        assert signed_in(house.ivo).post(address, given).status_code == 404
        assert signed_in(house.ivo).get(address).status_code == 404
    seen = reverse("change-disposition", args=[request.number, "interface", "IF-001"])
    assert signed_in(house.cast.rick).get(seen).status_code == 200


def test_script_and_formulas_in_the_words_of_a_change_stay_words(house):
    """On the page, in the list, in the admin, in the trail and in its file."""
    title, reason = "=HYPERLINK(1)<script>alert(1)</script>", "=cmd|' /C calc'!A0 <img src=x onerror=alert(1)>"
    wanted = [Operation("system", "qms", {**MEANING, "description": reason})]
    request = propose(operations=wanted, title=title, by=house.ivo, reason=reason)
    quinn = takes_roles(house, house.cast.quinn, "auditor")
    with change(by=quinn, reason=REASON):
        quinn.is_staff = True
        quinn.save()
    client = signed_in(quinn)
    admin = "admin:governance_changerequest"
    pages = [
        reverse("change", args=[request.number]),
        reverse("changes"),
        reverse("audit"),
        reverse("story", args=["change", request.number]),
        reverse(f"{admin}_changelist"),
        reverse(f"{admin}_change", args=[request.pk]),
        reverse(f"{admin}_history", args=[request.pk]),
        reverse(f"{admin}_act", args=[request.pk, "cancel"]),
    ]
    for address in pages:
        answer = client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, address
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
    assert "&lt;script&gt;alert" in client.get(pages[0]).content.decode()
    rows = list(csv.reader(io.StringIO(b"".join(client.get(reverse("audit") + "?format=csv")).decode("utf-8-sig"))))
    assert any("HYPERLINK" in cell for row in rows for cell in row)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
