"""Signing in at the site's identity provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636).

The provider is asked through the connectors' own HTTP client: time-outs, a largest answer, checked addresses. What it
says of a person counts only where its ID token is signed by one of its keys, made for us, for this attempt and now.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from django.conf import settings

from connectors.auth import Basic
from connectors.errors import ConnectorError
from connectors.http import HttpClient
from connectors.network import NetworkPolicy
from governance.errors import Refused

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)  # no shared key
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]  # section 2
LEEWAY_SECONDS = 60
LARGEST_ANSWER = 1_000_000  # bytes


class NotSignedIn(Refused):
    """The provider's word does not open the hub."""

    status = 422
    code = "not_signed_in"


def label() -> str:
    """What the provider is called on the sign-in page; "" where there is none."""
    return settings.HUB_OIDC_LABEL if settings.HUB_OIDC_ISSUER else ""


def start(redirect_uri: str, *, is_again: bool = False) -> tuple[str, dict[str, str]]:
    """Where to send the browser, and what to keep in its session until it comes back.

    ``is_again``: the person must sign in there anew, whatever session they have (sections 3.1.2.1 and 5.5.1.1).
    """
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = hashlib.sha256(kept["verifier"].encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": settings.HUB_OIDC_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "scope": "openid profile email",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if is_again:
        asked |= {"prompt": "login", "max_age": "0"}
    address = _discovered()["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", kept


def finish(kept: Mapping[str, str], given: Mapping[str, str], redirect_uri: str) -> dict[str, Any]:
    """The claims of the person who came back. Raises NotSignedIn with a sentence that gives no secret away."""
    if not kept or not hmac.compare_digest(kept["state"].encode(), given.get("state", "").encode()):
        raise NotSignedIn("This sign-in was not begun here, or too long ago. Begin again.", rule="state")
    if "code" not in given:
        raise NotSignedIn(f"{label().capitalize()} did not sign you in. Begin again.", rule="code")
    form = {
        "grant_type": "authorization_code",
        "code": given["code"],
        "redirect_uri": redirect_uri,
        "code_verifier": kept["verifier"],
    }
    found = _discovered()
    answer = _asked(lambda client: client.ask_token(found["token_endpoint"], form, _identity()))
    if not isinstance(answer, dict) or not isinstance(answer.get("id_token"), str):
        raise NotSignedIn("The provider gave no ID token.", rule="id_token")
    return _claims(answer["id_token"], found, kept["nonce"])


def check_fresh(claims: Mapping[str, Any]) -> None:
    """The provider says when the person proved who they are; without it nobody knows that they did so again."""
    if not isinstance(claims.get("auth_time"), int) or isinstance(claims.get("auth_time"), bool):
        raise NotSignedIn("The provider did not say when you signed in there.", rule="auth_time")


def _claims(token: str, found: Mapping[str, str], nonce: str) -> dict[str, Any]:
    """Section 3.1.3.7: signature, issuer, audience, authorised party, time, nonce."""
    keys = _asked(lambda client: client.read(_path(found["jwks_uri"])).json(), found["jwks_uri"])
    try:
        claims = jwt.decode(
            token,
            _key_for(token, keys),
            algorithms=ALGORITHMS,
            audience=settings.HUB_OIDC_CLIENT_ID,
            issuer=settings.HUB_OIDC_ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as error:  # keys may be anything
        raise NotSignedIn(
            "The provider's word could not be trusted: it is not signed by it, not for this hub, or not for now.",
            rule=type(error).__name__,
        ) from None
    if claims.get("azp", settings.HUB_OIDC_CLIENT_ID) != settings.HUB_OIDC_CLIENT_ID:
        raise NotSignedIn("The provider's word is for another application.", rule="azp")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise NotSignedIn("The provider's word belongs to another sign-in.", rule="nonce")
    return claims


def _key_for(token: str, keys: Any) -> jwt.PyJWK:
    """The provider's key that the token names; the only one where it names none."""
    usable = [one for one in jwt.PyJWKSet.from_dict(keys).keys if one.public_key_use in (None, "sig")]
    wanted = jwt.get_unverified_header(token).get("kid")
    named = [one for one in usable if one.key_id == wanted] if wanted else usable
    if len(named) != 1:
        raise jwt.InvalidKeyError("no key of the provider has this name")
    return named[0]


def _discovered() -> dict[str, str]:
    """OpenID Connect Discovery 1.0, section 4.3: the document must be of the issuer that was asked."""
    found = _asked(lambda client: client.read("/.well-known/openid-configuration").json(), settings.HUB_OIDC_ISSUER)
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in needed):
        raise NotSignedIn("The provider does not say where to sign in.", rule="discovery")
    if found.get("issuer") != settings.HUB_OIDC_ISSUER:
        raise NotSignedIn("The provider calls itself by another name than HUB_OIDC_ISSUER.", rule="issuer")
    return found


def _asked(ask: Any, address: str = "") -> Any:
    parts = urlsplit(address or settings.HUB_OIDC_ISSUER)
    base = address if address == settings.HUB_OIDC_ISSUER else f"{parts.scheme}://{parts.netloc}"
    client = None
    try:
        client = HttpClient(base, network=_network(), limit=LARGEST_ANSWER, secrets=(settings.HUB_OIDC_CLIENT_SECRET,))
        return ask(client)
    except ConnectorError:
        raise NotSignedIn(f"{label().capitalize()} could not be asked. Try again, or use your password.") from None
    finally:
        if client is not None:
            client.close()


def _identity() -> Basic:
    return Basic(settings.HUB_OIDC_CLIENT_ID, settings.HUB_OIDC_CLIENT_SECRET)


def _network() -> NetworkPolicy:
    """The host that the installation names as its provider may be a private one."""
    host = urlsplit(settings.HUB_OIDC_ISSUER).hostname or ""
    return NetworkPolicy((*settings.HUB_NETWORK_ALLOWED, host))


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
