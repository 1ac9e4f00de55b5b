"""Signing in at the site's provider, against a real one: who is let in, and which words are not believed."""

from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from governance.models import AuditEvent, ForeignIdentity, Person, Refusal
from tests.factories.provider import CLIENT, SECRET, Provider

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


@pytest.fixture
def provider(httpserver, settings):
    made = Provider(httpserver)
    settings.HUB_OIDC_ISSUER, settings.HUB_OIDC_LABEL = made.issuer, "the company account"
    settings.HUB_OIDC_CLIENT_ID, settings.HUB_OIDC_CLIENT_SECRET = CLIENT, SECRET
    return made


def visit(provider, *, following: str = "", **claims):
    """(client, answer): from the sign-in page to the provider and back."""
    client = Client()
    there = client.get("/sign-in/oidc", {"next": following} if following else {})
    return client, client.get("/sign-in/oidc/back", provider.authorise(there["Location"], **claims))


def test_who_is_enrolled_here_is_let_in_and_tied_to_the_subject(provider, cast):
    client, answer = visit(provider, following="/messages")
    assert (answer.status_code, answer["Location"]) == (302, "/messages")
    assert client.get("/messages").status_code == 200
    kept = ForeignIdentity.objects.get()
    assert (kept.person, kept.issuer, kept.subject) == (cast.olga, provider.issuer, "subject-1")
    assert AuditEvent.objects.get(kind="session.opened").actor["authenticated_by"] == "OpenID Connect"


def test_the_page_offers_the_provider_only_where_one_is_configured(provider, settings):
    assert "Sign in with the company account" in Client().get("/sign-in").content.decode()
    settings.HUB_OIDC_ISSUER = ""
    assert "company account" not in Client().get("/sign-in").content.decode()
    assert Client().get("/sign-in/oidc").status_code == 404


def test_a_second_visit_goes_by_the_subject_and_not_by_the_name(provider, cast):
    visit(provider)
    _, renamed = visit(provider, preferred_username="somebody-else")
    assert renamed.status_code == 302
    _, stranger = visit(provider, sub="subject-2")
    assert stranger.status_code == 422
    assert "You are known there, but not here." in stranger.content.decode()


def test_who_is_not_enrolled_comes_in_only_where_the_installation_says_so_and_without_rights(provider, cast, settings):
    _, answer = visit(provider, preferred_username="nina", name="Nina Roth")
    assert answer.status_code == 422
    settings.HUB_OIDC_ENROL = True
    client, answer = visit(provider, preferred_username="nina", name="Nina Roth")
    assert answer.status_code == 302
    nina = Person.objects.get(username="nina")
    assert (nina.full_name, nina.groups.count(), nina.has_usable_password()) == ("Nina Roth", 0, False)
    assert client.get("/interfaces").status_code == 200


def test_a_full_name_that_does_not_read_as_it_is_stored_is_refused_from_the_provider_too(provider, settings):
    settings.HUB_OIDC_ENROL = True
    _, answer = visit(provider, preferred_username="nina", name="Nina \u202ehtoR")
    assert answer.status_code == 422
    assert "The full name holds U+202E" in answer.content.decode()
    assert not Person.objects.filter(username="nina").exists()


def test_roles_follow_the_groups_of_the_provider(provider, cast, settings):
    settings.HUB_OIDC_ROLES = [("hub-auditors", "auditor"), ("hub-engineers", "integration engineer")]
    visit(provider, groups=["hub-engineers", "football"])
    assert set(cast.olga.groups.values_list("name", flat=True)) == {"operator", "integration engineer"}
    visit(provider, groups=["hub-auditors"])
    assert set(cast.olga.groups.values_list("name", flat=True)) == {"operator", "auditor"}


def test_who_was_deactivated_stays_out(provider, cast):
    from governance.actors import DEMONSTRATION
    from governance.services import persons

    persons.set_active(person=cast.olga, is_active=False, by=DEMONSTRATION, reason="She left the company")
    assert visit(provider)[1].status_code == 422


STRANGE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FORGED = {
    "signed by somebody else": lambda claims: jwt.encode(claims, STRANGE, "RS256", headers={"kid": "key-1"}),
    "signed by a key of another name": lambda claims: jwt.encode(claims, STRANGE, "RS256", headers={"kid": "key-2"}),
    "not signed": lambda claims: jwt.encode(claims, None, "none", headers={"kid": "key-1"}),
    "signed with the client's secret": lambda claims: jwt.encode(
        claims, SECRET.ljust(32, "-"), "HS256", headers={"kid": "key-1"}
    ),
    "no token": lambda claims: "canary.not.a.token",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_word_is_not_believed(provider, cast, how):
    provider.forge = FORGED[how]
    client, answer = visit(provider)
    assert answer.status_code == 422
    assert client.get("/").status_code == 302
    assert Refusal.objects.get().act == "session.open"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 120},
        {"aud": "another-application"},
        {"iss": "https://evil.example"},
        {"nonce": "of another sign-in"},
        {"azp": "another-application"},
        {"exp": None},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_word_that_is_not_for_us_or_not_for_now_is_not_believed(provider, cast, claims):
    assert visit(provider, **claims)[1].status_code == 422
    assert not ForeignIdentity.objects.exists()


def test_a_way_back_that_was_not_begun_here_opens_nothing(provider, cast):
    there = Client().get("/sign-in/oidc")
    brought = provider.authorise(there["Location"])
    assert Client().get("/sign-in/oidc/back", brought).status_code == 422
    client = Client()
    client.get("/sign-in/oidc")
    assert client.get("/sign-in/oidc/back", {**brought, "state": "guessed"}).status_code == 422


def test_a_code_is_brought_back_once(provider, cast):
    client = Client()
    brought = provider.authorise(client.get("/sign-in/oidc")["Location"])
    assert client.get("/sign-in/oidc/back", brought).status_code == 302
    assert client.get("/sign-in/oidc/back", brought).status_code == 422


def test_a_provider_that_cannot_be_asked_is_said_and_the_password_stays(provider, cast, settings):
    settings.HUB_OIDC_ISSUER = "http://127.0.0.1:9"
    answer = Client().get("/sign-in/oidc")
    assert answer.status_code == 422
    assert "could not be asked. Try again, or use your password." in answer.content.decode()


def test_nobody_is_sent_to_another_site_after_signing_in_there(provider, cast):
    assert visit(provider, following="https://evil.example/")[1]["Location"] == "/"


@pytest.mark.parametrize("keys", [[], ["no key"], {"keys": "none"}, {"keys": [1]}, None])
def test_a_provider_whose_keys_are_no_keys_signs_nobody_in_and_breaks_nothing(provider, cast, keys):
    provider.server.expect_oneshot_request("/realm/keys").respond_with_json(keys)
    _, answer = visit(provider)
    assert answer.status_code == 422
    assert "could not be trusted" in answer.content.decode()
