"""The hub's signing keys: the private half is HUB_SIGNING_KEY, the public ones are governed rows.

A key that nobody registered signs nothing outside development: who can set an environment variable cannot give the
hub another hand without leaving a trace.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone
from joserfc.jwk import OKPKey

from governance import audit
from governance.actors import Actor
from governance.errors import Refused
from governance.guard.context import change
from governance.guard.mac import is_attested
from governance.models import SigningKey

HUB = Actor("system", "signing", "Interlock signing", authenticated_by="process")
SECRET_BYTES = 32


class NoSigningKey(Refused):
    """Nothing can be signed until the installation has a key."""

    status = 503
    code = "no_signing_key"


def private() -> tuple[str, OKPKey]:
    """(kid, key) of the hub's hand. Raises NoSigningKey with what to do."""
    if not settings.HUB_SIGNING_KEY:
        raise NoSigningKey(
            "This hub has no signing key: set HUB_SIGNING_KEY to one that `manage.py signatures new-key` made.",
            rule="HUB_SIGNING_KEY",
        )
    return _read(settings.HUB_SIGNING_KEY)


@cache
def _read(text: str) -> tuple[str, OKPKey]:
    try:
        seed = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        seed = b""
    if len(seed) != SECRET_BYTES:
        raise NoSigningKey("HUB_SIGNING_KEY is not base64 of 32 bytes.", rule="32 bytes in base64")
    raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _url(raw), "d": _url(seed)})
    return key.thumbprint(), key


def in_use() -> tuple[str, OKPKey]:
    """The key to sign with now: registered and within its time. Development registers its own at the first use."""
    kid, key = private()
    row, is_written = ours([kid]).get(kid), SigningKey.objects.filter(kid=kid).exists()
    if row is None and is_written:
        raise NoSigningKey(
            "The row of the key of HUB_SIGNING_KEY was not written by this hub.", rule="a key of the hub"
        )
    if row is None and settings.DEVELOPMENT:
        row = register(by=HUB, reason="The first signature of a development hub", is_demonstration=True)
    if row is None:
        raise NoSigningKey("The key of HUB_SIGNING_KEY is not registered: `manage.py signatures register-key`.")
    if row.valid_until is not None and row.valid_until <= timezone.now():
        raise NoSigningKey("The key of HUB_SIGNING_KEY was retired; set a new one.", rule="a key that is valid now")
    return kid, key


def ours(kids: Collection[str]) -> dict[str, SigningKey]:
    """kid → the hub's key of that name. One that the application did not write itself, as its history row's code
    would show, is none of the hub's: the database's password alone makes no hand that signs.
    """
    if not kids:
        return {}
    return {key.kid: key for key in SigningKey.objects.filter(kid__in=set(kids)) if _is_ours(key)}


def _is_ours(key: SigningKey) -> bool:
    written = key.history.filter(row_version=key.row_version).first()  # type: ignore[attr-defined]
    names = ("kid", "public", "valid_from", "valid_until")
    if written is None or any(getattr(written, name) != getattr(key, name) for name in names):
        return False
    return is_attested(written)


def register(*, by: Any, reason: str, is_demonstration: bool = False) -> SigningKey:
    """Make the public half of HUB_SIGNING_KEY known: what it signs counts from now on."""
    kid, key = private()
    if SigningKey.objects.filter(kid=kid).exists():
        raise Refused(f"The key {kid} is registered already.", field="kid", value=kid, rule="a new key")
    with change(by=by, reason=reason):
        public = str(key.as_dict(private=False)["x"])
        row = SigningKey(kid=kid, public=public, valid_from=timezone.now(), is_demonstration=is_demonstration)
        row.save()
        audit.record("signing_key.registered", subject=("signing_key", kid))
    return row


def retire(*, kid: str, by: Any, reason: str) -> SigningKey:
    """From now on it signs nothing; what it signed before stays valid."""
    with change(by=by, reason=reason):
        row = SigningKey.objects.filter(kid=kid, valid_until=None).first()
        if row is None:
            raise Refused(f"There is no key {kid!r} in use.", field="kid", value=kid, rule="a key in use")
        row.valid_until = timezone.now()
        row.save()
        audit.record("signing_key.retired", subject=("signing_key", kid))
    return row


def public() -> dict[str, str]:
    """kid → public key of every key that there ever was."""
    return dict(SigningKey.objects.values_list("kid", "public"))


def new_secret() -> str:
    """A fresh HUB_SIGNING_KEY."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


audit.describe(
    signing_key__registered="{actor} registered the signing key {subject}.",
    signing_key__retired="{actor} retired the signing key {subject}.",
)
