"""What the wire tap hides, and what it must leave readable."""

from __future__ import annotations

import base64

import pytest

from connectors.wiretap import BODY_LIMIT, HIDDEN, Redactor


@pytest.mark.req("B5")
@pytest.mark.parametrize(
    "name",
    ["Authorization", "Cookie", "Set-Cookie", "X-API-Key", "Api-Key", "X-Auth-Token", "Proxy-Authorization"],
)
def test_headers_that_carry_credentials_are_hidden(name):
    assert Redactor().headers({name: "value"}) == {name: HIDDEN}


@pytest.mark.parametrize("name", ["Idempotency-Key", "Content-Type", "Retry-After", "ETag"])
def test_other_headers_stay_readable(name):
    assert Redactor().headers({name: "value"}) == {name: "value"}


def test_a_url_keeps_its_parameters_but_not_its_secrets():
    seen = Redactor().url("https://hub:pw@host/a?page=2&access_token=abc&api_key=def&next_token=n1")
    assert seen == f"https://{HIDDEN}@host/a?page=2&access_token={HIDDEN}&api_key={HIDDEN}&next_token=n1"


def test_a_token_answer_is_hidden_by_field():
    seen = Redactor().body(b'{"access_token":"ab\\"c", "expires_in": 60, "client_secret" : "x"}')
    assert seen == f'{{"access_token":"{HIDDEN}", "expires_in": 60, "client_secret" : "{HIDDEN}"}}'


def test_a_form_is_hidden_by_field():
    seen = Redactor().body(b"grant_type=client_credentials&client_secret=x%20y")
    assert seen == f"grant_type=client_credentials&client_secret={HIDDEN}"


def test_fields_of_a_record_stay_readable():
    body = '{"key": "CAPA-1", "code": "D7", "signature": "J. Smith", "token_count": 3}'
    assert Redactor().body(body.encode()) == body


@pytest.mark.parametrize("spelling", ["p&w d/1", "p%26w%20d%2F1", "p%26w+d%2F1"])
def test_a_known_value_is_hidden_in_every_spelling(spelling):
    assert Redactor(["p&w d/1"]).text(f"<{spelling}>") == f"<{HIDDEN}>"
    encoded = base64.b64encode(b"p&w d/1").decode()
    assert Redactor(["p&w d/1"]).text(encoded) == HIDDEN


def test_a_secret_at_the_cut_does_not_survive_by_half():
    secret = "s3cret-" * 10
    redactor = Redactor([secret])
    for at in (BODY_LIMIT, 2 * BODY_LIMIT):
        for shift in (1, 35, len(secret) - 1):
            body = b"x" * (at - shift) + secret.encode() + b"y" * BODY_LIMIT
            seen = redactor.body(body)
            assert len(seen) <= BODY_LIMIT
            assert "s3c" not in seen
