"""To the identity provider and back, in the middle of signing or of a withdrawal: it asks for the factors again."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance import audit
from governance.console import query
from governance.console.doors import page
from governance.errors import NotFound, Refused
from governance.models import Signature, SigningIntent
from hub.console.signing import proof
from hub.sign_in import oidc

KEPT = "oidc_begun"  # the one place of what was begun at the provider: hub/console/account/oidc.py


@require_safe
@never_cache
@page
def start(request: HttpRequest, intent_id: UUID) -> HttpResponse:
    """In the middle of signing what this intent showed."""
    intent = SigningIntent.objects.filter(id=intent_id, person_id=str(request.user.pk)).first()
    if intent is None:
        raise NotFound(f"There is no intent {intent_id}.")
    address = reverse("sign", args=[intent.subject_kind, intent.subject_id, intent.meaning])
    about = ("signature.make", intent.subject_kind, intent.subject_id)
    return _sent_there(request, intent.id, f"{address}?intent={intent.id}", about)


@require_safe
@never_cache
@page
def start_withdrawal(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """In the middle of taking back a signature of one's own."""
    found = Signature.objects.filter(id=signature_id, person_id=str(request.user.pk)).first()
    if found is None:
        raise NotFound(f"There is no signature {signature_id}.")
    about = ("signature.withdraw", "signature", str(found.id))
    return _sent_there(request, found.id, reverse("signature-withdraw", args=[found.id]), about)


def _sent_there(request: HttpRequest, of: UUID, back: str, about: tuple[str, str, str]) -> HttpResponse:
    """``prompt=login`` and ``max_age=0``: a session there is not enough. ``back`` is where the person goes on;
    ``about`` are act, kind and id of what is recorded where the provider does not confirm them.
    """
    query.only(request)
    if not oidc.label():
        raise Http404
    address, kept = oidc.start(request.build_absolute_uri(reverse("sign-in-oidc-back")), is_again=True)
    request.session[KEPT] = {**kept, "of": str(of), "back": back, "about": about, "begun": time.time()}
    return redirect(address)


def came_back(request: HttpRequest, kept: dict[str, Any], claims: dict[str, Any]) -> HttpResponse:
    """Back at the page that the person came from, with the provider's word in the session."""
    proof.keep(request, kept["of"], claims, kept["begun"])
    return redirect(kept["back"])


def record_refused(request: HttpRequest, kept: dict[str, Any], refused: Refused) -> None:
    """An attempt at signing that the provider did not confirm, with who tried it on which record."""
    act, kind, subject_id = kept["about"]
    by = request.user if request.user.is_authenticated else None
    audit.record_refusal(act, refused, by=by, subject=(kind, subject_id))
