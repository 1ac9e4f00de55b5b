"""The ceremony: shown, then signed, in one transaction, by the person who was shown it, in their sitting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.errors import NotAllowed, NotFound, Refused
from governance.ledger import bell
from governance.models import (
    AuditEvent,
    Person,
    PersonSession,
    Refusal,
    ServiceAccount,
    Signature,
    SigningAttempt,
    SigningIntent,
)
from governance.services import passwords, sessions
from governance.signing import ceremony, jws, keys
from governance.signing.ceremony import IntentSpent
from governance.signing.identity import WrongCredentials
from governance.signing.judge import ContentMoved
from governance.signing.policy import Policy, Step
from governance.signing.rules import NotOpen
from governance.signing.sittings import SittingOver
from governance.signing.statement import digest
from tests.factories.cast import PASSWORD
from tests.integration.signing.conftest import TWO_STEPS, WHY, edit, edit_child

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]


def test_a_signature_says_who_what_when_and_why_and_the_hub_signed_it(desk):
    made = desk.sign("rick", "reviewed", reason="Compared with the site's register")
    said = jws.verify(made.jws, keys.public())
    rick = desk.cast.rick
    signer = {"id": str(rick.pk), "human": rick.human, "name": "Rick Sato", "title": "", "roles": ["reviewer"]}
    assert said["signer"] == signer
    assert said["meaning"] == {"code": "reviewed", "sentence": made.sentence}
    assert said["subject"]["digest"] == digest(desk.register.content(Person.objects.get(username="card-1")))
    assert said["authenticated"]["how"] == "user name and password"
    assert said["sequence"] == {"position": 1, "step": 1, "steps": 2}
    assert said["policy"]["digest"] == TWO_STEPS.digest
    assert (said["environment"], said["previous"], said["reason"]) == (
        "development",
        "",
        "Compared with the site's register",
    )
    assert said["time"]["utc"].endswith("Z")
    assert said["nonce"] == SigningIntent.objects.get().nonce
    event = AuditEvent.objects.get(kind="signature.made")
    assert event.sentence == "Rick Sato signed card-1 (Card card-1): reviewed."
    assert event.actor["authenticated_by"] == "user name and password"
    assert [one.is_accepted for one in SigningAttempt.objects.all()] == [True]


def test_each_signature_holds_the_hash_of_the_one_before(desk):
    first, second = desk.sign("rick", "reviewed"), desk.sign("quinn", "approved")
    assert (first.position, second.position) == (1, 2)
    assert second.previous == first.digest == jws.verify(second.jws, keys.public())["previous"]
    assert desk.register.done == [("reviewed", False), ("approved", True)]


def test_the_first_signing_of_a_sitting_needs_the_user_name_and_later_ones_the_password(desk):
    desk.register.rules = Policy("three", "1", (Step("reviewed"), Step("approved"), Step("released")))
    with pytest.raises(WrongCredentials):
        desk.sign("rick", "reviewed", username="")
    first = desk.sign("rick", "reviewed")
    edit(desk.cast)
    with pytest.raises(WrongCredentials):
        desk.sign("rick", "reviewed", username="", password="wrong")
    second = desk.sign("rick", "reviewed", username="")
    desk.sit("rick")
    edit(desk.cast, title="LIMS again")
    with pytest.raises(WrongCredentials):
        desk.sign("rick", "reviewed", username="")
    how = [jws.verify(one.jws, keys.public())["authenticated"]["how"] for one in (first, second)]
    assert how == ["user name and password", "password"]


def test_the_user_name_of_somebody_else_signs_nothing(desk):
    with pytest.raises(WrongCredentials):
        desk.sign("rick", "reviewed", username="quinn")
    assert not Signature.objects.exists()


# --- what was shown is what is signed -------------------------------------------------------------------


@pytest.mark.parametrize("what", ["the content", "a child", "a new child"])
def test_what_changed_between_display_and_signing_is_not_signed(desk, what):
    intent = desk.shown("rick", "reviewed")
    if what == "the content":
        edit(desk.cast)
    else:
        edit_child(desk.cast, is_new=what == "a new child")
    with pytest.raises(ContentMoved) as refused:
        desk.sign("rick", intent=intent)
    assert refused.value.status == 409
    assert not Signature.objects.exists()
    assert desk.register.done == []
    attempt = SigningAttempt.objects.get()
    assert (attempt.is_accepted, attempt.rule) == (False, "the content that was shown")


def test_what_changed_while_the_password_was_checked_is_not_signed(desk, monkeypatch):
    from governance.signing import identity

    real = identity.authenticate

    def slowly(*args, **named):
        edit(desk.cast)
        return real(*args, **named)

    monkeypatch.setattr(identity, "authenticate", slowly)
    with pytest.raises(ContentMoved):
        desk.sign("rick", "reviewed")
    assert not Signature.objects.exists()


def test_rules_that_are_lowered_after_the_display_are_not_signed_under(desk):
    intent = desk.shown("rick", "reviewed")
    desk.register.rules = Policy("one step", "2", (Step("reviewed"),))
    with pytest.raises(ContentMoved, match="rules of signing have changed"):
        desk.sign("rick", intent=intent)


def test_signatures_under_other_rules_do_not_count_under_new_ones(desk):
    desk.sign("rick", "reviewed")
    desk.register.rules = Policy("two steps", "2", TWO_STEPS.steps)
    with pytest.raises(NotOpen, match="means “reviewed”"):
        desk.shown("quinn", "approved")


# --- an intent is good for one signature of one person --------------------------------------------------


def test_a_request_to_sign_works_once(desk):
    desk.register.rules = Policy("two of one", "1", (Step("reviewed", quorum=2),))
    intent = desk.shown("rick", "reviewed")
    desk.sign("rick", intent=intent)
    with pytest.raises(IntentSpent, match="works once") as refused:
        desk.sign("rick", intent=intent)
    assert refused.value.status == 409
    assert Signature.objects.count() == 1


def test_an_intent_holds_five_minutes(desk, later):
    intent = desk.shown("rick", "reviewed")
    later(timedelta(minutes=5, seconds=1))
    with pytest.raises(IntentSpent, match="five minutes"):
        desk.sign("rick", intent=intent)


def test_the_intent_of_somebody_else_is_not_there(desk):
    intent = desk.shown("rick", "reviewed")
    desk.sit("quinn")
    with pytest.raises(NotFound):
        desk.sign("quinn", intent=intent)


def test_an_intent_of_another_session_signs_nothing(desk):
    intent = desk.shown("rick", "reviewed")
    desk.sit("rick")
    with pytest.raises(IntentSpent, match="another session"):
        desk.sign("rick", intent=intent)


def test_a_session_that_ended_signs_nothing(desk, later):
    intent = desk.shown("rick", "reviewed")
    sessions.close(PersonSession.objects.get())
    with pytest.raises(SittingOver):
        desk.sign("rick", intent=intent)
    desk.sit("rick")
    intent = desk.shown("rick", "reviewed")
    later(timedelta(hours=9))
    with pytest.raises(SittingOver):
        desk.sign("rick", intent=intent)


def test_the_session_of_somebody_else_signs_nothing(desk):
    desk.keys["rick"] = desk.sit("quinn")
    with pytest.raises(SittingOver):
        desk.shown("rick", "reviewed")


# --- wrong passwords --------------------------------------------------------------------------------------


def test_an_intent_survives_two_wrong_passwords(desk, settings):
    intent = desk.shown("rick", "reviewed")
    for _ in range(2):
        with pytest.raises(WrongCredentials):
            desk.sign("rick", intent=intent, password="wrong")
    desk.sign("rick", intent=intent)
    other = desk.shown("quinn", "approved")
    for _ in range(3):
        with pytest.raises(WrongCredentials):
            desk.sign("quinn", intent=other, password="wrong")
    with pytest.raises(IntentSpent, match="wrong too often"):
        desk.sign("quinn", intent=other)


def test_wrong_passwords_lock_the_account_and_say_so_at_once(desk, settings):
    settings.HUB_SIGN_IN_FAILURES = 4
    for _ in range(2):
        intent = desk.shown("rick", "reviewed")
        for _ in range(2):
            with pytest.raises(WrongCredentials):
                desk.sign("rick", intent=intent, password="wrong")
    with pytest.raises(Refused, match="wrong too often") as refused:
        desk.sign("rick", "reviewed")
    assert refused.value.code == "locked_out"
    alert = AuditEvent.objects.get(kind="signing.locked")
    assert alert.subject_id == "rick"
    assert Refusal.objects.filter(act="signing.lock", subject_id="rick").count() == 1
    desk.sign("quentin", "reviewed")


def test_nothing_that_was_typed_is_kept(desk):
    with pytest.raises(WrongCredentials):
        desk.sign("rick", "reviewed", password="canary-typed", username="canary-name")
    kept = [*SigningAttempt.objects.values(), *Refusal.objects.values(), *AuditEvent.objects.values()]
    assert "canary" not in str(kept)


# --- who may sign ------------------------------------------------------------------------------------------


def test_a_system_never_signs(desk):
    account = ServiceAccount(key="push", label="Pushes results")
    with pytest.raises(NotAllowed, match="Only a person can sign"):
        ceremony.intend(subject=desk.about, meaning="reviewed", by=account, session_key="any")
    with pytest.raises(NotAllowed, match="Only a person can sign"):
        ceremony.intend(subject=desk.about, meaning="reviewed", by=account.as_actor(), session_key="any")


def test_nobody_signs_in_the_name_of_somebody_else(desk, monkeypatch):
    from dataclasses import replace

    real = Person.as_actor
    monkeypatch.setattr(Person, "as_actor", lambda self, how="": replace(real(self, how), on_behalf_of="Quinn"))
    with pytest.raises(NotAllowed, match="Only a person can sign"):
        desk.shown("rick", "reviewed")


def test_who_may_not_see_it_is_told_of_nothing(desk):
    desk.cast.nobody = passwordless(desk)
    with pytest.raises(NotFound):
        desk.shown("nobody", "reviewed")


def passwordless(desk):
    from governance.actors import DEMONSTRATION
    from governance.services import persons

    return persons.enrol(
        username="nobody", full_name="No Body", password=PASSWORD, roles=[], by=DEMONSTRATION, reason=WHY
    )


def test_the_role_of_a_step_is_asked_for(desk):
    desk.sign("rick", "reviewed")
    with pytest.raises(NotAllowed, match="Only somebody who is quality approver"):
        desk.shown("victor", "approved")


def test_a_right_that_is_gone_meanwhile_signs_nothing(desk):
    from governance.actors import DEMONSTRATION
    from governance.services import persons

    desk.sign("rick", "reviewed")
    intent = desk.shown("quinn", "approved")
    persons.take_role(person=desk.cast.quinn, role="quality approver", by=DEMONSTRATION, reason=WHY)
    persons.give_role(person=desk.cast.quinn, role="reviewer", by=DEMONSTRATION, reason=WHY)
    with pytest.raises(NotAllowed):
        desk.sign("quinn", intent=intent)


def test_what_is_not_open_is_not_signed(desk):
    desk.register.is_open = False
    with pytest.raises(Refused, match="not open for signing"):
        desk.shown("rick", "reviewed")


def test_a_password_that_somebody_else_set_signs_nothing_until_a_second_person_confirms(desk):
    from governance.services import signing_suspension

    secret = passwords.reset(person=desk.cast.rick, by=desk.cast.ada, reason="He forgot it")
    with pytest.raises(NotAllowed, match="suspended"):
        desk.shown("rick", "reviewed")
    rick = type(desk.cast.rick).objects.get(username="rick")
    with pytest.raises(Refused, match="not chosen a password"):
        signing_suspension.confirm(person=rick, by=desk.cast.quinn, reason="I met him at the gate")
    passwords.change_own(person=rick, present=secret, new="seven green lamps", reason="My own")
    with pytest.raises(NotAllowed, match="suspended"):
        desk.shown("rick", "reviewed")
    for wrong, match in (("ada", "you set the password"), ("rick", "may confirm"), ("olga", "may confirm")):
        with pytest.raises(NotAllowed, match=match):
            signing_suspension.confirm(person=rick, by=getattr(desk.cast, wrong), reason="I met him at the gate")
    signing_suspension.confirm(person=rick, by=desk.cast.quinn, reason="I met him at the gate")
    desk.cast.rick = type(rick).objects.get(pk=rick.pk)
    desk.sign("rick", "reviewed", password="seven green lamps")
    assert AuditEvent.objects.filter(kind__in=["signing.suspended", "signing.confirmed"]).count() == 2


def test_the_sealer_is_rung_after_the_commit(desk, django_capture_on_commit_callbacks, monkeypatch):
    rung = []
    monkeypatch.setattr(bell, "_answers", [lambda: rung.append("ding")])
    with django_capture_on_commit_callbacks(execute=True):
        desk.sign("rick", "reviewed")
    assert rung == ["ding"]


def test_an_error_in_the_transition_leaves_no_signature(desk, monkeypatch):
    def broken(*args, **named):
        raise RuntimeError("broken")

    monkeypatch.setattr(desk.register, "signed", broken)
    with pytest.raises(RuntimeError):
        desk.sign("rick", "reviewed")
    assert not Signature.objects.exists()
    assert not AuditEvent.objects.filter(kind="signature.made").exists()
