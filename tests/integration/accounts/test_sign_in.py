"""Signing in: one sentence for every failure, a fresh session, only local ways on, and a second step where enrolled."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from governance import totp
from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.models import AuditEvent, PersonSession, RecoveryCode, Refusal
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import WHY, code_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


def key_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_right_password_opens_a_listed_and_recorded_session(cast):
    client, answer = sign_in(extra={"HTTP_USER_AGENT": "Firefox of the test"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    kept = PersonSession.objects.get()
    assert (kept.session_key, kept.device, kept.address) == (key_of(client), "Firefox of the test", "127.0.0.1")
    assert AuditEvent.objects.get(kind="session.opened").actor["authenticated_by"] == "password"


@pytest.mark.parametrize(("username", "password"), [("olga", "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD)])
def test_a_failure_does_not_tell_whether_the_name_or_the_password_was_wrong(cast, username, password):
    _, answer = sign_in(username, password)
    assert answer.status_code == 422
    assert "This user name and password do not belong together." in answer.content.decode()


def test_who_was_deactivated_is_told_the_same(cast):
    with change(by=DEMONSTRATION, reason=WHY):
        cast.olga.is_active = False
        cast.olga.save()
    _, gone = sign_in("olga")
    _, wrong = sign_in("rick", "wrong")
    assert gone.status_code == wrong.status_code == 422
    assert "do not belong together" in gone.content.decode()


def test_an_unknown_name_costs_a_password_hash_like_a_known_one(cast, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    made, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: made.append(1) or encode(*given))
    counts = []
    for username in ("olga", "nobody"):
        made.clear()
        sign_in(username, "wrong")
        counts.append(len(made))
    assert counts[0] == counts[1] == 1


def test_a_session_that_was_fixed_beforehand_is_given_another_key(cast):
    client = Client()
    client.get("/sign-in")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    sign_in(client=client)
    assert key_of(client) != before
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = before
    assert stranger.get("/").status_code == 302


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(cast, following):
    _, answer = sign_in(next=following)
    assert answer["Location"] == "/"
    _, answer = sign_in(next="/messages?state=dead")
    assert answer["Location"] == "/messages?state=dead"


def test_signing_in_needs_the_token_of_the_form(cast):
    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "olga", "password": PASSWORD})
    assert answer.status_code == 403
    assert not PersonSession.objects.exists()


def test_with_a_second_factor_the_password_alone_opens_nothing(factor):
    client, answer = sign_in(next="/messages")
    assert answer["Location"] == "/sign-in/code"
    assert client.get("/").status_code == 302
    assert client.post("/sign-in/code", {"code": "000000"}).status_code == 422
    answer = client.post("/sign-in/code", {"code": code_of(factor.secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/messages")
    assert client.get("/").status_code == 200
    assert AuditEvent.objects.get(kind="session.opened").actor["authenticated_by"] == "password and code"


def test_the_second_step_takes_no_other_field_and_counts_no_guess_for_it(factor):
    client, _ = sign_in()
    for _ in range(6):
        answer = client.post("/sign-in/code", {"code": code_of(factor.secret), "is_superuser": "1"})
        assert answer.status_code == 422
        assert "“is_superuser”" in answer.content.decode()
    assert client.post("/sign-in/code", {"code": code_of(factor.secret)}).status_code == 302


def test_a_code_opens_once(factor):
    code = code_of(factor.secret)
    first, _ = sign_in()
    assert first.post("/sign-in/code", {"code": code}).status_code == 302
    second, _ = sign_in()
    assert second.post("/sign-in/code", {"code": code}).status_code == 422
    assert second.post("/sign-in/code", {"code": code_of(factor.secret, steps=1)}).status_code == 302


def test_a_recovery_code_opens_once_and_is_recorded(factor):
    first, _ = sign_in()
    assert first.post("/sign-in/code", {"code": factor.codes[0].upper()}).status_code == 302
    second, _ = sign_in()
    assert second.post("/sign-in/code", {"code": factor.codes[0]}).status_code == 422
    assert RecoveryCode.objects.filter(used_at=None).count() == 9
    assert AuditEvent.objects.get(kind="recovery_code.used").facts["left"] == 9


def test_the_second_step_is_not_there_without_the_first(factor):
    assert Client().get("/sign-in/code")["Location"] == "/sign-in"
    assert Client().post("/sign-in/code", {"code": code_of(factor.secret)})["Location"] == "/sign-in"


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B: SHA-1, eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in (
        (59, "94287082"),
        (1111111109, "07081804"),
        (1234567890, "89005924"),
        (20000000000, "65353130"),
    ):
        assert totp.code_at(secret, seconds // 30, digits=8) == code


def test_the_admin_has_no_door_of_its_own(cast):
    answer = Client().get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=")
    client, _ = sign_in()
    assert client.get("/admin/login/").status_code == 403  # signed in, without the right to read there


def test_a_failed_sign_in_is_recorded_without_what_was_typed(cast):
    sign_in("correct horse battery staple", "wrong")
    sign_in("olga", "wrong")
    said = list(Refusal.objects.order_by("id").values_list("act", "subject_id", "value"))
    assert said == [("session.open", "", ""), ("session.open", "olga", "")]
