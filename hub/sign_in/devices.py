"""Browsers that have signed in to an account before: a signed cookie, so that strangers cannot lock its owner out.

The cookie opens nothing. It only says that guesses from this browser are counted apart from those of strangers
("device cookies", OWASP). It is of one account, and of no use for another. A browser keeps its mark, so that signing in
again gives no fresh guesses; and all marks are void when the password is another one, as somebody may have hoarded
them while they knew the old one (``proof`` is what changes with it).
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

LASTS = timedelta(days=90)


def known(request: HttpRequest, account: str, proof: str) -> str:
    """The mark of this browser, where it has signed in to the account before; "" for a stranger."""
    try:
        return _signer(account, proof).unsign(request.COOKIES.get(_name(account), ""), max_age=LASTS)
    except signing.BadSignature:
        return ""


def remember(answer: HttpResponse, account: str, proof: str, mark: str) -> None:
    """From now on this browser is known to the account, under the mark that it had, if any."""
    answer.set_cookie(
        _name(account),
        _signer(account, proof).sign(mark or secrets.token_urlsafe(12)),
        max_age=LASTS,
        path="/sign-in",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _name(account: str) -> str:
    return f"{settings.SESSION_COOKIE_NAME}-device-{account[:16]}"


def _signer(account: str, proof: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"hub.device/{account}/{proof}")
