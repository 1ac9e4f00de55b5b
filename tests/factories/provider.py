"""A small real OpenID Connect provider: discovery, keys, a token endpoint that checks client and PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

CLIENT, SECRET = "interlock", "canary-client-secret"


class Provider:
    """``claims`` and ``forge`` say what the next ID token holds and how it is signed."""

    def __init__(self, server: HTTPServer) -> None:
        self.server, self.issuer = server, server.url_for("/realm").rstrip("/")
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.forge: Any = None
        self.begun: dict[str, str] = {}
        server.expect_request("/realm/.well-known/openid-configuration").respond_with_handler(self._discovery)
        server.expect_request("/realm/keys").respond_with_handler(self._keys)
        server.expect_request("/realm/token", method="POST").respond_with_handler(self._token)

    def authorise(self, address: str, **claims: Any) -> dict[str, str]:
        """What a browser would bring back after the person signed in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        self.begun = asked
        now = int(time.time())
        self.claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "preferred_username": "olga",
            "name": "Olga Brandt",
            **claims,
        }
        return {"state": asked["state"], "code": "canary-code"}

    def _discovery(self, request: Request) -> Response:
        names = {"authorization_endpoint": "authorise", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {name: f"{self.issuer}/{path}" for name, path in names.items()}
        return _json({"issuer": self.issuer, **found})

    def _keys(self, request: Request) -> Response:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return _json({"keys": [{**public, "kid": "key-1", "use": "sig", "alg": "RS256"}]})

    def _token(self, request: Request) -> Response:
        verifier = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        known = request.authorization and (request.authorization.username, request.authorization.password)
        if known != (CLIENT, SECRET) or challenge != self.begun["code_challenge"]:
            return Response(status=401)
        make = self.forge or (lambda claims: jwt.encode(claims, self.key, "RS256", headers={"kid": "key-1"}))
        return _json({"access_token": "canary-access", "token_type": "Bearer", "id_token": make(self.claims)})


def _json(found: dict[str, Any]) -> Response:
    return Response(json.dumps(found), content_type="application/json")
