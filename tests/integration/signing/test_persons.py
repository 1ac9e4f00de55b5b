"""Pages of persons that concern signing: who set a password, who confirms, which accounts are one human being."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.models import AuditEvent, Person, SigningSuspension
from governance.services import signing_suspension
from tests.integration.signing.conftest import WHY

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]


def reset(client, username: str) -> str:
    """The one-time password that the page shows this once."""
    page = client.post(reverse("account-reset-password", args=[username]), {"reason": WHY}).content.decode()
    return page.split('<code class="secret">')[1].split("<")[0]


def test_a_reset_suspends_signing_and_a_second_person_ends_that(staff, entered):
    ada, secret = entered("ada"), reset(entered("ada"), "rick")
    rick = entered("rick", secret)
    own = {"present_password": secret, "new_password": "seven green lamps", "again": "seven green lamps"}
    assert rick.post(reverse("account-password"), own).status_code == 302
    shown = ada.get(reverse("account", args=["rick"])).content.decode()
    assert "signing suspended" in shown
    assert "you set the password" in shown
    confirm = reverse("signer-confirm", args=["rick"])
    assert ada.post(confirm, {"reason": "I met him at the gate"}).status_code == 403
    quinn = entered("quinn")
    assert "Rick Sato" in quinn.get(reverse("signers")).content.decode()
    assert quinn.post(confirm, {"reason": "."}).status_code == 422
    assert quinn.post(confirm, {"reason": "I met him at the gate"})["Location"] == reverse("signers")
    assert SigningSuspension.objects.get().confirmed_by["name"] == "Quinn Mbeki"
    assert AuditEvent.objects.get(kind="signing.confirmed").subject_id == "rick"
    assert quinn.get(confirm).status_code == 404


def test_two_whose_signing_is_suspended_do_not_confirm_each_other(staff, entered):
    """Whoever knows both passwords would be both of them."""
    for name in ("rick", "quinn"):
        person = Person.objects.get(username=name)
        signing_suspension.suspend(person=person, by=DEMONSTRATION, reason=WHY)
    answer = entered("quinn").post(reverse("signer-confirm", args=["rick"]), {"reason": "I met him at the gate"})
    assert (answer.status_code, "Your own signing is suspended" in answer.content.decode()) == (403, True)
    confirm = reverse("signer-confirm", args=["quinn"])
    assert entered("ada").post(confirm, {"reason": "I met her at the gate"}).status_code == 302
    answer = entered("quinn").post(reverse("signer-confirm", args=["rick"]), {"reason": "I met him at the gate"})
    assert answer.status_code == 302


def test_who_has_not_chosen_a_password_of_their_own_is_not_confirmed(staff, entered):
    reset(entered("ada"), "rick")
    answer = entered("quinn").post(reverse("signer-confirm", args=["rick"]), {"reason": "I met him at the gate"})
    assert (answer.status_code, "has not chosen a password" in answer.content.decode()) == (422, True)


def test_a_new_person_signs_nothing_before_a_second_person_has_met_them(staff, entered):
    given = {"username": "newcomer", "full_name": "New Comer", "role": "reviewer", "reason": WHY}
    entered("ada").post(reverse("account-enrol"), given)
    assert SigningSuspension.objects.get().person.username == "newcomer"


def test_an_account_that_is_not_suspended_is_not_found_there(staff, entered):
    quinn = entered("quinn")
    for name in ("rick", "nobody-at-all"):
        assert quinn.get(reverse("signer-confirm", args=[name])).status_code == 404
    assert entered("olga").get(reverse("signers")).status_code == 403


def test_an_administrator_declares_two_accounts_one_person(staff, entered):
    ada, page = entered("ada"), reverse("account-same-person", args=["rick"])
    assert ada.post(page, {"other": "nobody", "reason": WHY}).status_code == 404
    assert ada.post(page, {"other": "olga", "reason": WHY}).status_code == 302
    assert Person.objects.get(username="rick").human == str(staff.olga.pk)
    assert "The same person as" in ada.get(reverse("account", args=["rick"])).content.decode()
    assert ada.post(page, {"other": "olga", "reason": WHY}).status_code == 422
    own = ada.post(reverse("account-same-person", args=["ada"]), {"other": "olga", "reason": WHY})
    assert own.status_code == 422
    assert AuditEvent.objects.get(kind="person.same").sentence.startswith("Ada declared that rick and olga")
