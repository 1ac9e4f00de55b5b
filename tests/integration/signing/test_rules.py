"""Order, quorum, veto, withdrawal, and separation of duties: judged on human beings and on what really happened."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from joserfc.jwk import OKPKey

from governance import totp
from governance.actors import DEMONSTRATION
from governance.errors import NotAllowed, Refused
from governance.guard.context import change
from governance.guard.transactions import write
from governance.models import AuditEvent, Signature, SignatureWithdrawal
from governance.services import same_person, second_factors
from governance.signing import jws, keys
from governance.signing.policy import Policy, Step
from governance.signing.rules import NotOpen
from governance.signing.validity import genuine_withdrawal, verdict_of
from tests.integration.accounts.conftest import code_of
from tests.integration.signing.conftest import TWO_STEPS, WHY, card, edit, edit_child

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]


def test_steps_are_signed_in_their_order(desk):
    with pytest.raises(NotOpen, match="means “reviewed”"):
        desk.shown("quinn", "approved")
    desk.sign("rick", "reviewed")
    with pytest.raises(NotOpen, match="means “approved”"):
        desk.shown("quentin", "reviewed")
    desk.sign("quinn", "approved")
    with pytest.raises(NotOpen, match="Everybody who had to sign"):
        desk.shown("quentin", "approved")


def test_a_quorum_is_of_different_persons(desk):
    desk.register.rules = Policy("quorum", "1", (Step("reviewed", quorum=2), Step("approved")))
    desk.sign("rick", "reviewed")
    with pytest.raises(NotAllowed, match="You have signed this already"):
        desk.shown("rick", "reviewed")
    with pytest.raises(NotOpen):
        desk.shown("quinn", "approved")
    desk.sign("quentin", "reviewed")
    desk.sign("quinn", "approved")
    assert desk.register.done == [("reviewed", False), ("reviewed", False), ("approved", True)]


def test_who_signed_one_step_does_not_sign_the_next(desk):
    desk.register.rules = Policy("open", "1", (Step("reviewed"), Step("approved")))
    desk.sign("rick", "reviewed")
    with pytest.raises(NotAllowed, match="You have signed this already"):
        desk.shown("rick", "approved")


def test_a_veto_ends_the_round_and_needs_a_reason(desk):
    with pytest.raises(Refused, match="Say why"):
        desk.sign("rick", "rejected")
    desk.sign("rick", "rejected", reason="The owner is not named")
    with pytest.raises(NotOpen, match="Rick Sato has rejected"):
        desk.shown("quinn", "approved")
    assert desk.register.done == [("rejected", False)]


def test_who_could_sign_any_step_may_veto_whichever_is_open_and_nobody_else(desk):
    """The open step asks for a code, the one by whose right it is rejected does not."""
    steps = (Step("reviewed", role="quality approver"), Step("approved", role="reviewer", needs_code=True))
    desk.register.rules = Policy("two roles", "1", steps)
    desk.sign("quinn", "reviewed")
    with pytest.raises(
        NotAllowed, match="You may not reject this: that is for whoever may sign “reviewed”, “approved”"
    ):
        desk.shown("victor", "rejected")
    with pytest.raises(NotAllowed, match="You have signed this already"):
        desk.shown("quinn", "rejected")
    desk.sign("quentin", "rejected", reason="The owner is not named")
    assert desk.register.done[-1] == ("rejected", False)


def test_where_the_policy_asks_for_it_a_one_time_code_comes_beside_the_password(desk):
    desk.register.rules = Policy("with code", "1", (Step("reviewed", needs_code=True),))
    with pytest.raises(Refused, match="enrol a second factor"):
        desk.sign("rick", "reviewed")
    secret = totp.new_secret()
    second_factors.enrol(person=desk.cast.rick, secret=secret, code=code_of(secret, steps=-1), reason=WHY)
    for code in ("", "000000"):
        with pytest.raises(Refused, match="does not open now"):
            desk.sign("rick", "reviewed", code=code)
    made = desk.sign("rick", "reviewed", code=code_of(secret))
    said = jws.verify(made.jws, keys.public())
    assert said["authenticated"]["how"] == "user name and password and one-time code"


def test_what_was_signed_with_a_one_time_code_is_withdrawn_with_one(desk):
    """The second step never opens, so that the first can be taken back."""
    desk.register.rules = Policy("with code", "1", (Step("reviewed", needs_code=True), Step("approved")))
    secret = totp.new_secret()
    second_factors.enrol(person=desk.cast.rick, secret=secret, code=code_of(secret, steps=-1), reason=WHY)
    made = desk.sign("rick", "reviewed", code=code_of(secret))
    client = Client()
    client.force_login(desk.cast.rick, backend="django.contrib.auth.backends.ModelBackend")
    assert 'name="code"' in client.get(reverse("signature-withdraw", args=[made.id])).content.decode()
    for code in ("", "000000"):
        with pytest.raises(Refused, match="does not open now"):
            desk.withdraw("rick", made, code=code)
    assert desk.withdraw("rick", made, code=code_of(secret, steps=1)).signature_id == made.pk


# --- the draft's real history -------------------------------------------------------------------------------


def test_the_author_does_not_sign(desk):
    with pytest.raises(NotAllowed, match="had a hand in it yourself"):
        desk.shown("olga", "reviewed")


@pytest.mark.parametrize("how", ["content", "child", "before the intent was used"])
def test_a_co_editor_does_not_sign_whatever_a_form_says(desk, how):
    intent = desk.shown("rick", "reviewed")
    if how == "child":
        edit_child(desk.cast, by="rick")
    else:
        edit(desk.cast, by="rick", title="Gauge of another site")
        if how.startswith("before"):
            edit(desk.cast, by="olga", title="Gauge of the site")
    with pytest.raises(NotAllowed if how.startswith("before") else Refused):
        desk.sign("rick", intent=intent)
    with pytest.raises(NotAllowed, match="had a hand in it yourself"):
        desk.shown("rick", "reviewed")


def test_the_second_account_of_the_author_does_not_sign(desk):
    same_person.declare(person=desk.cast.rick, other=desk.cast.olga, by=desk.cast.ada, reason="One badge, two accounts")
    with pytest.raises(NotAllowed, match="another account of yours"):
        desk.shown("rick", "reviewed")


def test_accounts_with_one_mail_address_are_one_person(desk):
    for one, mail in (("olga", "o.brandt@example.org"), ("rick", "O.Brandt@example.org ")):
        row = type(desk.cast.olga).objects.get(username=one)
        with change(by=DEMONSTRATION, reason=WHY):
            row.email = mail
            row.save()
    with pytest.raises(NotAllowed, match="another account of yours"):
        desk.shown("rick", "reviewed")


def test_the_second_account_of_a_signer_does_not_fill_the_quorum(desk):
    desk.register.rules = Policy("quorum", "1", (Step("reviewed", quorum=2),))
    desk.sign("rick", "reviewed")
    same_person.declare(person=desk.cast.quinn, other=desk.cast.rick, by=desk.cast.ada, reason="One badge only")
    with pytest.raises(NotAllowed, match="You have signed this already"):
        desk.shown("quinn", "reviewed")


@pytest.mark.parametrize(("other", "is_open"), [("rick", True), ("quentin", False)])
def test_a_quorum_that_two_accounts_of_one_person_filled_is_open_again(desk, other, is_open):
    desk.register.rules = Policy("quorum", "1", (Step("reviewed", quorum=2),))
    desk.sign("rick", "reviewed")
    desk.sign("quinn", "reviewed")
    same_person.declare(
        person=desk.cast.quinn, other=getattr(desk.cast, other), by=desk.cast.ada, reason="One badge only"
    )
    if not is_open:
        with pytest.raises(NotOpen, match="Everybody who had to sign"):
            desk.shown("bo", "reviewed")
        return
    desk.sign("bo", "reviewed")
    assert desk.register.done == [("reviewed", False), ("reviewed", True), ("reviewed", True)]


def test_accounts_that_were_declared_one_by_one_are_all_one(desk):
    for other in ("rick", "quentin"):
        same_person.declare(
            person=desk.cast.quinn, other=getattr(desk.cast, other), by=desk.cast.ada, reason="One badge only"
        )
        desk.cast.quinn.refresh_from_db()
    assert {one.username for one in same_person.accounts_of(desk.cast.quinn)} == {"rick", "quentin"}
    with pytest.raises(Refused, match="one person already"):
        same_person.declare(person=desk.cast.quinn, other=desk.cast.quinn, by=desk.cast.ada, reason="One badge only")


# --- withdrawal -----------------------------------------------------------------------------------------------


def test_a_signer_withdraws_before_the_next_step(desk):
    made = desk.sign("rick", "reviewed")
    with pytest.raises(Refused, match="not your password"):
        desk.withdraw("rick", made, password="wrong")
    desk.withdraw("rick", made)
    row = SignatureWithdrawal.objects.get()
    said = jws.verify(row.jws, keys.public())
    assert (said["signature"], said["reason"]) == (made.digest, "I looked at the wrong page")
    assert AuditEvent.objects.filter(kind="signature.withdrawn").count() == 1
    assert Signature.objects.count() == 1
    with pytest.raises(NotOpen, match="means “reviewed”"):
        desk.shown("quinn", "approved")
    again = desk.sign("rick", "reviewed", username="")
    assert (again.position, again.previous) == (2, made.digest)


def test_a_signature_is_not_withdrawn_after_the_next_step_nor_twice_nor_by_others(desk):
    first = desk.sign("rick", "reviewed")
    desk.sit("quinn")
    with pytest.raises(NotAllowed, match="Only the signer"):
        desk.withdraw("quinn", first)
    second = desk.sign("quinn", "approved")
    for who, one in (("rick", first), ("quinn", second)):
        with pytest.raises(NotOpen, match="Everybody has signed"):
            desk.withdraw(who, one)
    desk.register.rules = Policy("three", "1", (*TWO_STEPS.steps, Step("released")))
    with pytest.raises(NotOpen, match="does not count"):
        desk.withdraw("quinn", second)


def test_what_moved_while_a_withdrawal_waited_for_the_lock_is_read_under_it(desk):
    """Somebody else's change of the card is committed just before the lock is given."""
    made = desk.sign("rick", "reviewed")
    desk.register.lock = lambda found: edit(desk.cast)
    with pytest.raises(NotOpen, match="does not count any more"):
        desk.withdraw("rick", made)
    assert not SignatureWithdrawal.objects.exists()
    desk.register.lock = lambda found: None
    assert desk.withdraw("rick", made).signature_id == made.pk


def test_a_withdrawal_needs_a_reason_that_says_something(desk):
    made = desk.sign("rick", "reviewed")
    for reason in ("", ".", "....."):
        with pytest.raises(Refused, match="says too little"):
            desk.withdraw("rick", made, reason=reason)


def planted(signature: Signature, token: str, said: dict) -> Signature:
    """The signature with a row of withdrawal beside it that says what is given; not stored."""
    held = Signature.objects.get(pk=signature.pk)
    at, person = datetime.fromisoformat(said["time"]["utc"]), said["signer"]
    SignatureWithdrawal(
        signature=held, person=person, person_id=person["id"], reason=said["reason"], withdrawn_at=at, jws=token
    )
    return held


def test_a_withdrawal_that_somebody_wrote_into_the_table_takes_nothing_back(desk):
    """Not with the token of another withdrawal, nor of a signature, another key, another place or another signer."""
    desk.register.rules = Policy("both", "1", (Step("reviewed", quorum=3), Step("approved")))
    of_rick, mine = desk.sign("rick", "reviewed"), desk.sign("quentin", "reviewed")
    real = desk.withdraw("rick", of_rick)
    of_real, of_mine, (kid, key) = *(jws.verify(one.jws, keys.public()) for one in (real, mine)), keys.private()
    right = {**of_real, "signature": mine.digest, "signer": mine.person}
    own = OKPKey.generate_key("Ed25519")
    tokens = [("a.b.c", right), (real.jws, of_real), (mine.jws, of_mine), (jws.sign(right, own, kid), right)]
    wrong = [{**right, **one} for one in ({"signer": real.person}, {"instance": "x"}, {"signature": of_rick.digest})]
    tokens += [(jws.sign(one, key, kid), one) for one in wrong]
    for token, said in tokens:
        assert genuine_withdrawal(planted(mine, token, said)) is None, said
    assert genuine_withdrawal(planted(mine, jws.sign(right, key, kid), right)) is not None
    with write():
        planted(mine, *tokens[3]).withdrawal.save(force_insert=True)
    assert verdict_of(Signature.objects.get(pk=mine.pk)).word == "valid"
    assert verdict_of(Signature.objects.get(pk=of_rick.pk)).word == "withdrawn"
    with pytest.raises(NotAllowed, match="You have signed this already"):
        desk.shown("quentin", "reviewed")
    with pytest.raises(NotOpen, match="the hub did not make"):
        desk.withdraw("quentin", mine)


# --- one subject at a time ---------------------------------------------------------------------------------


def test_content_that_came_back_under_another_version_needs_new_signatures(desk, monkeypatch):
    desk.sign("rick", "reviewed")
    monkeypatch.setattr(desk.register, "version", lambda found: "1.0.1")
    with pytest.raises(NotOpen, match="means “reviewed”"):
        desk.shown("quinn", "approved")


def test_signatures_of_one_card_do_not_count_for_another(desk):
    desk.sign("rick", "reviewed")
    card(desk.cast, "card-2")
    desk.about = ("test_card", "card-2")
    with pytest.raises(NotOpen, match="means “reviewed”"):
        desk.shown("quinn", "approved")
