"""Compact JWS (RFC 7515) with Ed25519 (RFC 8037, RFC 9864) and nothing else.

What arrives is judged before any library sees it: three parts, a header of exactly ``alg``, ``kid`` and ``typ``, the
one algorithm, a key that we know under that name. So ``alg: none``, another algorithm, an embedded key or a shared
secret in the place of a public key have no way in.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NoReturn

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from governance.errors import Refused
from governance.signing.statement import canonical

ALGORITHM = "Ed25519"  # the name of RFC 9864; "EdDSA" alone does not say which curve
TYPE = "interlock-signature+jws"
_REGISTRY = jws.JWSRegistry(algorithms=[ALGORITHM])
_PART = re.compile(r"[A-Za-z0-9_-]+")


class NotGenuine(Refused):
    """A token that none of the known keys signed, or that is not made as ours are."""

    code = "not_genuine"


def sign(statement: dict[str, Any], key: OKPKey, kid: str) -> str:
    """The compact token over the statement's canonical bytes."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": TYPE}
    return jws.serialize_compact(header, canonical(statement), key, algorithms=[ALGORITHM], registry=_REGISTRY)


def verify(token: str, public_keys: dict[str, str]) -> dict[str, Any]:
    """The statement. ``public_keys``: kid → the 32 bytes in base64url. Raises NotGenuine with a sentence."""
    header = header_of(token)
    if header["kid"] not in public_keys:
        _refuse("It names a key that is not known here.", "kid")
    key = public_key(public_keys[header["kid"]])
    try:
        found = jws.deserialize_compact(token, key, algorithms=[ALGORITHM], registry=_REGISTRY)
    except (JoseError, ValueError):
        _refuse("The signature does not fit what is signed: one of the two was altered.", "signature")
    return read_statement(found.payload)


def header_of(token: str) -> dict[str, str]:
    """The header, where it is one of ours."""
    parts = token.split(".") if token.isascii() else []
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        _refuse("It is no compact JWS of three parts.", "three parts")
    read = [_bytes(part) for part in parts]
    header = _object(read[0])
    if set(header) != {"alg", "kid", "typ"}:
        _refuse("Its header says more or less than algorithm, key and type.", "alg, kid, typ")
    if header["alg"] != ALGORITHM or header["typ"] != TYPE:
        _refuse(f"It is not signed with {ALGORITHM}.", ALGORITHM)
    if not isinstance(header["kid"], str):
        _refuse("It names a key that is not known here.", "kid")
    return header


def read_statement(payload: bytes) -> dict[str, Any]:
    """A statement from its bytes, which must be the canonical ones: one meaning has one spelling."""
    found = _object(payload)
    try:
        is_canonical = canonical(found) == payload
    except ValueError:
        is_canonical = False
    if not is_canonical:
        _refuse("What is signed is not canonical JSON (RFC 8785).", "canonical JSON")
    return found


def public_key(encoded: str) -> OKPKey:
    """The public half from its 32 bytes in base64url."""
    try:
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": encoded})
    except (JoseError, ValueError, TypeError):
        _refuse("The key is no Ed25519 key.", "32 bytes in base64url")


def _object(data: bytes) -> dict[str, Any]:
    """A JSON object without a repeated name, a float or a NaN."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            _refuse("A name stands twice in one object.", "each name once")
        return found

    def no_number(text: str) -> NoReturn:
        _refuse(f"It holds {text[:20]}, which is no number of a signed statement.", "whole numbers only")

    try:
        found = json.loads(data, object_pairs_hook=unique, parse_float=no_number, parse_constant=no_number)
    except (ValueError, RecursionError):
        _refuse("It is no JSON.", "JSON")
    if not isinstance(found, dict):
        _refuse("It is no JSON object.", "an object")
    return found


def _bytes(part: str) -> bytes:
    """base64url in its one spelling: spare bits of the last character would make two tokens of one signature."""
    try:
        found = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        found = b""
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != part:
        _refuse("It is not base64url.", "base64url")
    return found


def _refuse(sentence: str, rule: str) -> NoReturn:
    raise NotGenuine(sentence, field="jws", rule=rule)
