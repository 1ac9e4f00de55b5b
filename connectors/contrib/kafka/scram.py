"""The client's side of SCRAM (RFC 5802, RFC 7677), for our own look at the cluster. Pure but for its nonce."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

MOST_ITERATIONS = 1_000_000  # a server may ask for more only to keep us busy
NAMES = {"SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}


class Refused(Exception):
    """The server does not know us, or does not prove that it does."""


class Scram:
    """One conversation: ``first``, then ``final(what the server said)``, then ``verify(what it said last)``."""

    def __init__(self, mechanism: str, user: str, password: str, nonce: str = "") -> None:
        self.hash, self.password = NAMES[mechanism], password.encode()
        self.nonce = nonce or secrets.token_urlsafe(24)
        name = user.replace("=", "=3D").replace(",", "=2C")
        self.bare = f"n={name},r={self.nonce}"
        self.signature = b""

    def first(self) -> bytes:
        return f"n,,{self.bare}".encode()

    def final(self, said: bytes) -> bytes:
        """Proof that we know the password, which is not in it."""
        told = _attributes(said)
        nonce, count = told.get("r", ""), told.get("i", "")
        if not nonce.startswith(self.nonce) or nonce == self.nonce or not count.isdigit():
            raise Refused
        if not 1 <= int(count) <= MOST_ITERATIONS:
            raise Refused
        salted = hashlib.pbkdf2_hmac(self.hash, self.password, _decoded(told.get("s", "")), int(count))
        without_proof = f"c=biws,r={nonce}"
        everything = f"{self.bare},{said.decode()},{without_proof}".encode()
        key = self._mac(salted, b"Client Key")
        proof = bytes(
            a ^ b for a, b in zip(key, self._mac(hashlib.new(self.hash, key).digest(), everything), strict=True)
        )
        self.signature = self._mac(self._mac(salted, b"Server Key"), everything)
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()

    def verify(self, said: bytes) -> None:
        """A server that knows us can sign; one that only pretends to be it cannot."""
        if not hmac.compare_digest(_decoded(_attributes(said).get("v", "")), self.signature):
            raise Refused

    def _mac(self, key: bytes, text: bytes) -> bytes:
        return hmac.new(key, text, self.hash).digest()


def _attributes(said: bytes) -> dict[str, str]:
    try:
        return dict(part.split("=", 1) for part in said.decode().split(","))
    except ValueError:
        raise Refused from None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused from None
