"""One's own account: password rules, second factor, sessions that end from elsewhere or by time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import AuditEvent, PersonSession, SecondFactor
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import WHY, code_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

NEW = "a quite new sentence"


def change(client, new: str = NEW, *, present: str = PASSWORD, again: str | None = None):
    given = {"present_password": present, "new_password": new, "again": new if again is None else again}
    return client.post("/account/password", given)


def test_a_new_password_opens_and_the_old_one_does_not(entered):
    assert change(entered("olga")).status_code == 302
    assert sign_in("olga", PASSWORD)[1].status_code == 422
    assert sign_in("olga", NEW)[1].status_code == 302
    assert AuditEvent.objects.get(kind="password.changed").subject_id == "olga"


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("tiny one", "too short"),
        ("qwerty123456", "too common"),
        ("olga.brandt.2026", "too similar"),
        ("012345678901234", "entirely numeric"),
        (PASSWORD, "may not be the present one"),
    ],
)
def test_a_password_that_breaks_a_rule_is_refused_with_its_sentence(entered, new, sentence):
    answer = change(entered("olga"), new)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert new not in answer.content.decode()


def test_none_of_the_last_passwords_comes_back(entered):
    client = entered("olga")
    for number in range(3):
        present = PASSWORD if number == 0 else f"{NEW} {number - 1}"
        assert change(client, f"{NEW} {number}", present=present).status_code == 302
    assert change(client, f"{NEW} 0", present=f"{NEW} 2").status_code == 422


def test_the_present_password_is_asked_for_with_the_brake_of_signing_in(entered):
    client = entered("olga")
    assert [change(client, present="wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    for answer in (
        change(client),
        client.post("/account/second-factor", {"present_password": PASSWORD, "code": "000000"}),
    ):
        assert (answer.status_code, 0 < int(answer["Retry-After"]) <= 15 * 60) == (429, True)
        assert "Your present password was wrong too often. Try again after" in answer.content.decode()
    assert change(entered("rick"), again="something else").status_code == 422


def test_a_new_password_ends_all_other_sessions_and_keeps_this_one(entered):
    here, elsewhere = entered("olga"), entered("olga")
    change(here)
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert PersonSession.objects.filter(ended_at=None).count() == 1


def test_an_authenticator_is_enrolled_with_a_code_and_recovery_codes_are_shown_once(entered, cast):
    client = entered("olga")
    page = client.get("/account/second-factor").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    assert '<svg class="qr"' in page
    wrong = client.post("/account/second-factor", {"present_password": PASSWORD, "code": "000000"})
    assert wrong.status_code == 422
    stolen = client.post("/account/second-factor", {"present_password": "wrong", "code": code_of(secret)})
    assert stolen.status_code == 422
    assert not SecondFactor.objects.exists()
    done = client.post("/account/second-factor", {"present_password": PASSWORD, "code": code_of(secret)})
    assert len(re.findall(r"<li><code>([a-z2-7-]{19})</code></li>", done.content.decode())) == 10
    assert secret.encode() not in bytes(SecondFactor.objects.get().sealed)
    assert "Your second factor is enrolled" in client.get("/account/second-factor").content.decode()


def test_one_ends_a_session_elsewhere_with_a_reason_and_never_that_of_others(entered):
    here, elsewhere = entered("olga"), entered("olga")
    rick = entered("rick")
    theirs = PersonSession.objects.filter(person__username="olga").order_by("-id").first()
    url = f"/account/sessions/{theirs.id}/end"
    assert rick.post(url, {"reason": WHY}).status_code == 404
    assert here.post(url, {"reason": ""}).status_code == 422
    assert elsewhere.get("/").status_code == 200
    assert here.post(url, {"reason": WHY}).status_code == 302
    assert elsewhere.get("/").status_code == 302
    assert AuditEvent.objects.get(kind="session.ended").facts["count"] == 1


def test_all_other_sessions_end_at_once(entered):
    here, others = entered("olga"), [entered("olga") for _ in range(2)]
    assert here.post("/account/sessions/end-others", {"reason": WHY}).status_code == 302
    assert [one.get("/").status_code for one in others] == [302, 302]
    assert here.get("/account/sessions").status_code == 200


@pytest.mark.parametrize(
    ("field", "ago", "sentence"),
    [
        ("seen_at", timedelta(minutes=62), "Nothing was done for 60 minutes."),
        ("opened_at", timedelta(hours=8, minutes=1), "A session lasts 8 hours at most."),
    ],
)
def test_a_session_ends_by_time_and_says_so(entered, field, ago, sentence):
    client = entered("olga")
    PersonSession.objects.update(**{field: timezone.now() - ago})
    answer = client.get("/messages?state=dead")
    assert answer["Location"] == "/sign-in?next=%2Fmessages%3Fstate%3Ddead"
    assert sentence in client.get(answer["Location"]).content.decode()
    assert PersonSession.objects.get().ended_at


def test_over_the_api_a_session_that_is_over_is_a_401(entered):
    client = entered("olga")
    PersonSession.objects.update(seen_at=timezone.now() - timedelta(hours=2))
    answer = client.get("/api/v1/interfaces")
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:interlock:problem:session_over")


def test_a_page_that_refreshes_itself_keeps_no_session_alive(entered):
    client = entered("olga")
    before = timezone.now() - timedelta(minutes=30)
    PersonSession.objects.update(seen_at=before)
    client.get("/", headers={"HX-Request": "true"})
    assert PersonSession.objects.get().seen_at == before
    client.get("/")
    assert PersonSession.objects.get().seen_at > before


def test_a_role_that_needs_a_second_factor_does_nothing_before_it_is_enrolled(entered, settings):
    settings.HUB_SECOND_FACTOR_ROLES = ["operator"]
    olga, rick = entered("olga"), entered("rick")
    assert olga.get("/messages")["Location"] == "/account/second-factor"
    assert olga.get("/api/v1/interfaces").status_code == 403
    assert rick.get("/messages").status_code == 200
