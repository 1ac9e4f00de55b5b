"""The page of signing and the page of a signature, through the real door."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person, Signature, SigningIntent
from governance.services import same_person, signing_suspension
from governance.signing.policy import Policy, Step
from tests.factories.cast import PASSWORD
from tests.factories.signing import intent_on, sign_on
from tests.integration.signing.conftest import card, edit

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]


def url(meaning: str = "reviewed", key: str = "card-1") -> str:
    return reverse("sign", args=["test_card", key, meaning])


def test_the_page_shows_what_will_be_signed_by_whom_with_which_meaning(desk, entered):
    page = entered("rick").get(url()).content.decode()
    for shown in ("Card card-1", "Gauge of the site", "Rick Sato", "I reviewed this content", "Your user name"):
        assert shown in page
    intent = SigningIntent.objects.get()
    assert intent_on(page) == str(intent.id)
    assert intent.digest in page


def test_signing_leads_to_the_signature_with_its_manifestation(desk, entered):
    rick = entered("rick")
    page = rick.get(sign_on(rick, url(), "rick")["Location"]).content.decode()
    made = Signature.objects.get()
    for shown in ("Rick Sato", "Review", made.digest, "UTC", "valid", "signer.name", made.jws):
        assert shown in page


def test_later_signings_of_a_session_ask_for_the_password_alone(desk, entered):
    rick = entered("rick")
    sign_on(rick, url(), "rick")
    edit(desk.cast)
    page = rick.get(url()).content.decode()
    assert "Your user name" not in page
    assert sign_on(rick, url()).status_code == 302
    assert Signature.objects.count() == 2


def test_a_wrong_password_stays_beside_its_field_and_is_never_shown_again(desk, entered):
    answer = sign_on(entered("rick"), url(), "rick", password="canary-typed")
    assert answer.status_code == 422
    assert "Nothing was signed." in answer.content.decode()
    assert "canary-typed" not in answer.content.decode()


def test_content_that_changed_is_409_and_says_so(desk, entered):
    rick = entered("rick")
    shown = rick.get(url()).content.decode()
    edit(desk.cast)
    answer = rick.post(url(), {"intent": intent_on(shown), "username": "rick", "password": PASSWORD})
    assert answer.status_code == 409
    assert "The content has changed since you were shown it." in answer.content.decode()
    assert not Signature.objects.exists()


def test_a_request_that_is_sent_again_signs_nothing_more(desk, entered):
    rick = entered("rick")
    shown = rick.get(url()).content.decode()
    given = {"intent": intent_on(shown), "username": "rick", "password": PASSWORD}
    assert rick.post(url(), given).status_code == 302
    assert rick.post(url(), given).status_code == 409
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("field", ["meaning", "person", "status", "approved_by", "digest"])
def test_a_field_that_the_form_has_not_is_refused_by_name(desk, entered, field):
    answer = sign_on(entered("rick"), url(), "rick", **{field: "approved"})
    assert answer.status_code == 422
    assert f"“{field}”" in answer.content.decode()
    assert not Signature.objects.exists()


def test_the_intent_of_somebody_else_or_of_another_page_is_not_signed(desk, entered):
    rick, quentin = entered("rick"), entered("quentin")
    of_rick = intent_on(rick.get(url()).content.decode())
    given = {"intent": of_rick, "username": "quentin", "password": PASSWORD}
    answer = quentin.post(url(), given)
    assert (answer.status_code, "not shown to you" in answer.content.decode()) == (422, True)
    answer = rick.post(url("rejected"), {**given, "username": "rick", "reason": "The owner is not named"})
    assert (answer.status_code, "not shown to you" in answer.content.decode()) == (422, True)
    assert not Signature.objects.exists()


def test_what_is_not_there_and_what_may_not_be_seen_are_404(desk, entered):
    from governance.actors import DEMONSTRATION
    from governance.services import persons

    rick = entered("rick")
    for address in (url(key="card-9"), reverse("sign", args=["nothing", "card-1", "reviewed"])):
        assert rick.get(address).status_code == 404
    sign_on(rick, url(), "rick")
    signature = Signature.objects.get()
    persons.enrol(
        username="nobody", full_name="No Body", password=PASSWORD, roles=[], by=DEMONSTRATION, reason="A test"
    )
    nobody = entered("nobody")
    for address in (url(), reverse("signature", args=[signature.id])):
        assert nobody.get(address).status_code == 404


def test_who_may_not_sign_is_told_why(desk, entered):
    answer = entered("olga").get(url())
    assert answer.status_code == 403
    assert "you had a hand in it yourself" in answer.content.decode()
    assert not SigningIntent.objects.exists()


def test_a_script_in_any_text_is_shown_as_text(desk, entered):
    edit(desk.cast, title="<script>alert(1)</script>")
    rick = entered("rick")
    assert "<script>alert" not in rick.get(url()).content.decode()
    answer = sign_on(rick, url(), "rick", reason="<script>alert(2)</script>")
    page = rick.get(answer["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(2)" in page


def test_what_is_not_taken_back_any_more_is_not_offered(desk, entered):
    rick, quinn = entered("rick"), entered("quinn")
    sign_on(rick, url(), "rick")
    page = reverse("signature", args=[Signature.objects.get().id])
    offer = f'href="{reverse("signature-withdraw", args=[Signature.objects.get().id])}"'
    assert offer in rick.get(page).content.decode()
    desk.sign("quinn", "approved")
    shown = rick.get(page).content.decode()
    assert offer not in shown
    assert "Everybody has signed, and it counts as decided" in shown
    assert "Everybody has signed" not in quinn.get(page).content.decode()  # it is not theirs to take back


def test_the_signer_withdraws_on_the_page_with_reason_and_password(desk, entered):
    rick = entered("rick")
    sign_on(rick, url(), "rick")
    signature = Signature.objects.get()
    page = reverse("signature-withdraw", args=[signature.id])
    assert entered("quinn").get(page).status_code == 403
    assert rick.post(page, {"reason": ".", "password": PASSWORD}).status_code == 422
    assert rick.post(page, {"reason": "I looked at the wrong card", "password": "wrong"}).status_code == 422
    answer = rick.post(page, {"reason": "I looked at the wrong card", "password": PASSWORD})
    assert answer.status_code == 302
    shown = rick.get(answer["Location"]).content.decode()
    assert "withdrawn" in shown
    assert re.search(r"Rick Sato withdrew it: I looked at the wrong card", shown)


def test_a_form_of_another_site_signs_nothing(desk):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.cast.rick, backend="django.contrib.auth.backends.ModelBackend")
    intent = intent_on(client.get(url()).content.decode())
    answer = client.post(url(), {"intent": intent, "username": "rick", "password": PASSWORD})
    assert answer.status_code == 403
    assert not Signature.objects.exists()


MISREAD = {
    "bidi": ("Approved \u202eton", "U+202E"),
    "NFD": ("The cafe\u0301 was visited", "normalisation form C"),
    "control": ("Seen\x1b[8m and checked", "U+001B"),
}


@pytest.mark.parametrize("what", MISREAD)
def test_a_reason_that_does_not_read_as_it_is_stored_signs_nothing(desk, entered, what):
    text, said = MISREAD[what]
    answer = sign_on(entered("rick"), url(), "rick", reason=text)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Signature.objects.exists()
    assert sign_on(entered("quentin"), url(), "quentin", reason="The café was visited\nin April").status_code == 302


def test_text_with_two_spellings_is_refused_wherever_it_would_be_written(desk):
    """No row holds it, whatever the door: it is a refusal with a sentence, and no fault of the hub."""
    row = Person.objects.get(username="rick")
    row.title = "Cafe\u0301"
    with pytest.raises(Refused, match="normalisation form C"), change(by=desk.cast.olga, reason="A new title"):
        row.save()


def test_a_signature_of_one_card_is_shown_nowhere_else_and_opens_no_other_address(desk, entered):
    """The same form at the address of another record, another meaning, another kind: nothing is signed."""
    card(desk.cast, "card-2")
    rick = entered("rick")
    given = {"intent": intent_on(rick.get(url()).content.decode()), "username": "rick", "password": PASSWORD}
    for address in (url(key="card-2"), url("approved"), reverse("sign", args=["change", "card-1", "reviewed"])):
        assert rick.post(address, given).status_code in (404, 409, 422), address
    assert not Signature.objects.exists()
    assert rick.post(url(), {**given, "intent": [given["intent"], given["intent"]]}).status_code == 302
    assert rick.post(url(key="card-2"), given).status_code == 422


@pytest.mark.parametrize("how", ["second account", "second account of a signer", "reset by somebody else"])
def test_who_is_not_another_person_is_told_so_on_the_page(desk, entered, how):
    rick = entered("rick")
    if how == "reset by somebody else":
        signing_suspension.suspend(person=desk.cast.rick, by=desk.cast.ada, reason="He forgot it")
    else:
        if how.endswith("of a signer"):
            quentin = entered("quentin")
            desk.register.rules = Policy("quorum", "1", (Step("reviewed", quorum=2),))
            sign_on(quentin, url(), "quentin")
        other = desk.cast.quentin if how.endswith("of a signer") else desk.cast.olga
        same_person.declare(person=desk.cast.rick, other=other, by=desk.cast.ada, reason="One badge, two accounts")
    before = Signature.objects.count()
    answer = rick.get(url())
    assert answer.status_code == 403
    assert re.search("another account of yours|You have signed this|Your signing is suspended", answer.content.decode())
    assert rick.post(url(), {"intent": "0" * 32, "username": "rick", "password": PASSWORD}).status_code == 403
    assert Signature.objects.count() == before
