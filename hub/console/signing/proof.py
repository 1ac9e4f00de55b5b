"""The fresh sign-in at the provider of somebody who signs or takes a signature back: kept in their session, for one
intent or one signature, for two minutes.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from governance.signing.identity import ProviderProof

KEPT = "signing_proof"
HOLDS_SECONDS = 120


def keep(request: HttpRequest, of: str, claims: dict[str, Any], begun: float) -> None:
    """What the provider said, after its word was checked. ``of``: the id of the intent, or of the signature;
    ``begun``: when the person set out, in seconds since 1970.
    """
    request.session[KEPT] = {
        "of": of,
        "begun": begun,
        "issuer": claims["iss"],
        "subject": claims["sub"],
        "at": int(claims["auth_time"]),
        "until": time.time() + HOLDS_SECONDS,
    }


def held(request: HttpRequest, of: UUID) -> ProviderProof | None:
    """The proof for this intent or this signature, while it holds."""
    kept = request.session.get(KEPT)
    if not kept or kept.get("of") != str(of) or kept["until"] < time.time():
        return None
    return ProviderProof(kept["issuer"], kept["subject"], datetime.fromtimestamp(kept["at"], tz=UTC))


def begun(request: HttpRequest) -> datetime | None:
    """When the person set out for the proof that is held."""
    kept = request.session.get(KEPT)
    return datetime.fromtimestamp(kept["begun"], tz=UTC) if kept else None


def spent(request: HttpRequest) -> None:
    """It opens one signature, or one withdrawal."""
    request.session.pop(KEPT, None)
