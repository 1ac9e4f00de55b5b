"""Signing by a person whose session the identity provider opened: they sign in there again, freshly."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_httpserver import HTTPServer

from governance.errors import Refused
from governance.models import AuditEvent, Refusal, Signature, SignatureWithdrawal, SigningIntent
from governance.signing import jws, keys
from governance.signing.identity import ProviderProof, WrongCredentials
from hub.console.signing import proof
from tests.factories.cast import PASSWORD
from tests.factories.provider import CLIENT, SECRET, Provider
from tests.factories.signing import intent_on
from tests.integration.signing.conftest import WHY, edit

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]
TRIES = 6  # more than the brake lets pass wrong
CARD = ("test_card", "card-1")
URL = "/sign/test_card/card-1/reviewed"


@pytest.fixture
def provider(httpserver: HTTPServer, settings):
    made = Provider(httpserver)
    settings.HUB_OIDC_ISSUER, settings.HUB_OIDC_CLIENT_ID = made.issuer, CLIENT
    settings.HUB_OIDC_CLIENT_SECRET = SECRET
    return made


@pytest.fixture
def rick(provider, desk) -> Client:
    """Rick, who came in through the provider."""
    client = Client()
    begun = client.get(reverse("sign-in-oidc"))
    came = provider.authorise(begun["Location"], preferred_username="rick", sub="of-rick")
    assert client.get(reverse("sign-in-oidc-back"), came).status_code == 302
    return client


def again(rick: Client, provider: Provider, **claims):
    """(intent, answer) of one more sign-in at the provider, in the middle of signing."""
    intent = SigningIntent.objects.latest("made_at") if SigningIntent.objects.exists() else None
    if intent is None:
        rick.get(URL)
        intent = SigningIntent.objects.get()
    begun = rick.get(reverse("sign-at-provider", args=[intent.id]))
    asked = parse_qs(urlsplit(begun["Location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    given = {"preferred_username": "rick", "sub": "of-rick", "auth_time": int(time.time()), **claims}
    came = provider.authorise(begun["Location"], **{name: one for name, one in given.items() if one is not None})
    return intent, rick.get(reverse("sign-in-oidc-back"), came)


def test_a_fresh_sign_in_at_the_provider_signs(rick, provider):
    assert "sign in there again" in rick.get(URL).content.decode()
    intent, answer = again(rick, provider)
    assert answer["Location"] == f"{URL}?intent={intent.id}"
    page = rick.get(answer["Location"]).content.decode()
    assert intent_on(page) == str(intent.id)
    assert "Your password" not in page
    assert rick.post(URL, {"intent": str(intent.id)}).status_code == 302
    said = jws.verify(Signature.objects.get().jws, keys.public())
    assert said["authenticated"]["how"] == "OpenID Connect"


def set_out(rick: Client, provider: Provider, made: Signature, **claims):
    """The answer of the way to the provider and back, in the middle of a withdrawal."""
    begun = rick.get(reverse("signature-withdraw-at-provider", args=[made.id]))
    asked = parse_qs(urlsplit(begun["Location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    given = {"preferred_username": "rick", "sub": "of-rick", "auth_time": int(time.time()), **claims}
    return rick.get(reverse("sign-in-oidc-back"), provider.authorise(begun["Location"], **given))


@pytest.fixture
def signed(rick, provider) -> Signature:
    """What Rick signed, at the provider."""
    intent, _ = again(rick, provider)
    assert rick.post(URL, {"intent": str(intent.id)}).status_code == 302
    return Signature.objects.get()


def test_who_signs_in_at_the_provider_alone_withdraws_with_a_fresh_sign_in_there(rick, provider, signed):
    page = reverse("signature-withdraw", args=[signed.id])
    assert "sign in there again" in rick.get(page).content.decode()
    assert set_out(rick, provider, signed)["Location"] == page
    form = rick.get(page).content.decode()
    assert ("Withdraw it" in form, "password" in form) == (True, False)
    assert rick.post(page, {"reason": "."}).status_code == 422
    assert rick.post(page, {"reason": WHY}).status_code == 302
    row = SignatureWithdrawal.objects.get()
    assert (row.signature_id, row.reason) == (signed.pk, WHY)
    assert AuditEvent.objects.get(kind="signature.withdrawn").actor["authenticated_by"] == "OpenID Connect"


@pytest.mark.parametrize("what", ["none", "an old sign-in", "somebody else", "of the signature", "too late"])
def test_a_withdrawal_without_that_proof_takes_nothing_back(rick, provider, signed, monkeypatch, what):
    """``of the signature``: the sign-in that the signature itself was made with does not open it."""
    if what in ("an old sign-in", "somebody else", "too late"):
        claims = {"an old sign-in": {"auth_time": int(time.time()) - 3600}, "somebody else": {"sub": "of-olga"}}
        set_out(rick, provider, signed, **claims.get(what, {}))
    if what == "too late":
        at = time.time() + proof.HOLDS_SECONDS + 1
        monkeypatch.setattr(proof.time, "time", lambda: at)
    if what == "of the signature":
        again(rick, provider)
    answer = rick.post(reverse("signature-withdraw", args=[signed.id]), {"reason": WHY})
    assert answer.status_code == 422
    assert re.search("sign in there again|at the provider", answer.content.decode())
    assert not SignatureWithdrawal.objects.exists()
    refusal = Refusal.objects.get(act="signature.withdraw")
    assert (refusal.subject_kind, refusal.subject_id) == ("signature", str(signed.id))


def test_a_form_without_a_sign_in_there_is_counted_as_no_guess(rick, provider, signed):
    page = reverse("signature-withdraw", args=[signed.id])
    assert {rick.post(page, {"reason": WHY}).status_code for _ in range(TRIES)} == {422}
    set_out(rick, provider, signed)
    assert rick.post(page, {"reason": WHY}).status_code == 302


def test_the_proof_of_a_withdrawal_is_for_one_signature_of_ones_own(rick, provider, signed, desk):
    edit(desk.cast)
    set_out(rick, provider, signed)
    rick.get(URL)
    other = SigningIntent.objects.latest("made_at")
    assert rick.post(URL, {"intent": str(other.id)}).status_code == 422
    of_quentin = desk.sign("quentin", "reviewed")
    assert rick.get(reverse("signature-withdraw-at-provider", args=[of_quentin.id])).status_code == 404
    assert Signature.objects.count() == 2


def test_an_earlier_sign_in_withdraws_nothing_at_the_service_either(rick, provider, signed, desk):
    desk.keys["rick"] = rick.session.session_key
    with pytest.raises(Refused, match="sign in there again"):
        desk.withdraw("rick", signed)
    now = timezone.now()
    old, older = (ProviderProof(provider.issuer, "of-rick", now - timedelta(seconds=one)) for one in (61, 400))
    with pytest.raises(WrongCredentials, match="fresh sign-in"):
        desk.withdraw("rick", signed, proof=old)
    with pytest.raises(WrongCredentials, match="fresh sign-in"):
        desk.withdraw("rick", signed, proof=older, begun_at=now - timedelta(seconds=400))
    assert desk.withdraw("rick", signed, proof=old, begun_at=now - timedelta(seconds=90)).signature_id == signed.pk


def test_nothing_is_signed_without_it_nor_with_a_password(rick, provider):
    rick.get(URL)
    intent = SigningIntent.objects.get()
    for given in ({}, {"password": PASSWORD}):
        assert rick.post(URL, {"intent": str(intent.id), **given}).status_code == 422
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [{"auth_time": int(time.time()) - 3600}, {"sub": "of-somebody-else"}],
    ids=["an old sign-in", "somebody else"],
)
def test_an_old_sign_in_or_that_of_somebody_else_signs_nothing(rick, provider, claims):
    intent, _ = again(rick, provider, **claims)
    answer = rick.post(URL, {"intent": str(intent.id)})
    assert (answer.status_code, "provider" in answer.content.decode()) == (422, True)
    assert not Signature.objects.exists()


def test_a_provider_that_does_not_say_when_is_not_believed(rick, provider):
    _, answer = again(rick, provider, auth_time=None)
    assert (answer.status_code, "did not say when" in answer.content.decode()) == (422, True)
    row = Refusal.objects.get()
    assert (row.act, row.subject_kind, row.subject_id, row.rule) == ("signature.make", *CARD, "auth_time")
    assert row.actor["name"] == "Rick Sato"


def test_the_proof_is_for_one_intent(rick, provider):
    again(rick, provider)
    rick.get(URL)
    other = SigningIntent.objects.latest("made_at")
    assert rick.post(URL, {"intent": str(other.id)}).status_code == 422
    assert not Signature.objects.exists()


def test_it_opens_no_session_for_somebody_else(rick, provider):
    again(rick, provider, sub="of-olga", preferred_username="olga")
    assert "Rick Sato" in rick.get("/").content.decode()


def test_the_intent_of_somebody_else_is_not_found(rick, provider, desk):
    other = desk.shown("quentin", "reviewed")
    assert rick.get(reverse("sign-at-provider", args=[other.id])).status_code == 404
