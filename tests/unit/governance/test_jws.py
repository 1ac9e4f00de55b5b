"""Tokens that are not ours: none, other algorithms, key confusion, strange headers, payloads with two spellings."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import OKPKey

from governance.ledger.verify import Broken
from governance.signing import jws
from governance.signing.jws import NotGenuine
from governance.signing.verify_package import said_by

pytestmark = pytest.mark.req("M6.1")
KEY = OKPKey.generate_key("Ed25519")
KID = KEY.thumbprint()
PUBLIC = str(KEY.as_dict(private=False)["x"])
KNOWN = {KID: PUBLIC}
STATEMENT = {"type": "interlock/signature/1", "a": "b", "n": 1}


def b64(data: bytes | str | dict) -> str:
    if isinstance(data, dict):
        data = json.dumps(data, separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


def raw(header: dict | str, payload: bytes | str) -> str:
    """A token with any header over any bytes, truly signed by our key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = base64.urlsafe_b64decode(str(KEY.as_dict(private=True)["d"]) + "==")
    body = f"{b64(header)}.{b64(payload)}"
    return f"{body}.{b64(Ed25519PrivateKey.from_private_bytes(seed).sign(body.encode()))}"


HEAD = {"alg": "Ed25519", "kid": KID, "typ": jws.TYPE}


def test_what_we_sign_reads_back():
    token = jws.sign(STATEMENT, KEY, KID)
    assert jws.verify(token, KNOWN) == STATEMENT
    assert jws.header_of(token) == HEAD


def test_a_token_made_by_hand_reads_back_too():
    assert jws.verify(raw(HEAD, '{"a":"b"}'), KNOWN) == {"a": "b"}


def shared() -> str:
    """HS256 with our public key as the secret."""
    body = f"{b64({**HEAD, 'alg': 'HS256'})}.{b64('{}')}"
    secret = base64.urlsafe_b64decode(PUBLIC + "=")
    return f"{body}.{b64(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"


OTHERS = {
    "none": lambda: f"{b64({**HEAD, 'alg': 'none'})}.{b64('{}')}.",
    "none with a seal": lambda: f"{b64({**HEAD, 'alg': 'none'})}.{b64('{}')}.AAAA",
    "NONE": lambda: raw({**HEAD, "alg": "NONE"}, "{}"),
    "HS256 with the public key": shared,
    "EdDSA": lambda: raw({**HEAD, "alg": "EdDSA"}, "{}"),
    "RS256": lambda: jwt.encode(
        {}, rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256", headers={"kid": KID}
    ),
    "ES256": lambda: jwt.encode({}, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": KID}),
    "no algorithm": lambda: raw({"kid": KID, "typ": jws.TYPE}, "{}"),
    "another type": lambda: raw({**HEAD, "typ": "JWT"}, "{}"),
    "an embedded key": lambda: raw({**HEAD, "jwk": KEY.as_dict(private=False)}, "{}"),
    "the address of a key": lambda: raw({**HEAD, "jku": "https://evil.example/keys"}, "{}"),
    "critical": lambda: raw({**HEAD, "crit": ["b64"], "b64": False}, "{}"),
    "an unknown key": lambda: jws.sign(STATEMENT, OKPKey.generate_key("Ed25519"), "unknown"),
    "a known name over another key": lambda: jws.sign(STATEMENT, OKPKey.generate_key("Ed25519"), KID),
    "a list as name": lambda: raw({**HEAD, "kid": [KID]}, "{}"),
    "two algorithms": lambda: raw(f'{{"alg":"none","alg":"Ed25519","kid":"{KID}","typ":"{jws.TYPE}"}}', "{}"),
    "five parts": lambda: "a.b.c.d.e",
    "JSON": lambda: json.dumps({"payload": "", "signatures": []}),
    "nothing": lambda: "",
    "no ASCII": lambda: "é.é.é",
}


@pytest.mark.parametrize("how", OTHERS)
def test_a_token_that_is_not_ours_is_refused(how):
    with pytest.raises(NotGenuine):
        jws.verify(OTHERS[how](), KNOWN)


SPELLINGS = {
    "twice": '{"a":1,"a":2}', "order": '{"b":1,"a":2}', "space": '{ "a":1}', "float": '{"a":1.0}', "none": "x",
    "fraction": '{"a":1.5}', "NaN": '{"a":NaN}', "NFD": '{"a":"e\u0301"}', "big": '{"a":9007199254740993}',
    "deep": "[" * 4000, "bytes": b"\xff\xfe", "digits": '{"a":' + "9" * 5000 + "}",
}  # fmt: skip


@pytest.mark.parametrize("payload", [*SPELLINGS.values(), "[]"], ids=[*SPELLINGS, "list"])
def test_a_payload_with_another_spelling_is_refused_even_when_it_is_signed(payload):
    with pytest.raises(NotGenuine):
        jws.verify(raw(HEAD, payload), KNOWN)


def test_every_altered_character_is_noticed():
    """The last one too: its spare bits are no second spelling of the same signature."""
    token = jws.sign(STATEMENT, KEY, KID)
    for place in range(len(token)):
        if token[place] == ".":
            continue
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        with pytest.raises(NotGenuine):
            jws.verify(changed, KNOWN)
        with pytest.raises((Broken, ValueError)):
            said_by(changed.encode(), KNOWN)


def test_the_stand_alone_reader_says_the_same():
    """``verify_package.py``, with only Python's own libraries: it reads and refuses just what ours does."""
    statement = {
        "é": 'ü\u2028"\\/\x7f\x01',
        "\uff21": 1,
        "\U0001f600": [None, True, -(2**53) + 1],
        "": {"b": "", "a": {}},
    }
    token = jws.sign(statement, KEY, KID)
    assert said_by(token.encode(), KNOWN) == (KID, jws.verify(token, KNOWN)) == (KID, statement)
    for how in (*OTHERS.values(), *(lambda one=one: raw(HEAD, one) for one in SPELLINGS)):
        with pytest.raises((Broken, ValueError, TypeError, RecursionError)):
            said_by(how().encode(), KNOWN)
