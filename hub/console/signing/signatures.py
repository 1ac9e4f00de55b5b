"""One signature: what it says, whether it is valid now, the token itself; and its withdrawal by the signer."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.console import query
from governance.console.doors import forbidden, page, record
from governance.errors import NotAllowed, NotFound, Refused
from governance.models import Person, Signature
from governance.signing import ceremony, identity, insert, manifestation, sittings, subjects
from governance.signing.jws import header_of, read_statement
from governance.signing.meanings import label_of
from hub.console.signing import proof
from hub.console.signing.forms import WithdrawForm, check_filled
from hub.sign_in import oidc
from hub.sign_in.lockout import said_when

ACT = "signature.withdraw"


@require_safe
@page
def show(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """Manifestation, verdict, and the statement with its token."""
    query.only(request)
    found, subject, about = _found(request, signature_id)
    row = manifestation.row_of(found)
    is_theirs = found.person_id == str(request.user.pk) and row.verdict is not None and row.verdict.is_valid
    shown = {
        "signature": found,
        "row": row,
        "others": [one for one in manifestation.rows_of(*about) if one.id != found.id],
        "statement": _statement(found),
        "subject_page": subject,
        "kind": subjects.get(found.subject_kind).label,
        "is_theirs": is_theirs,
        "why_not_withdraw": _why_not_withdraw(found) if is_theirs else "",
        "crumbs": [(found.subject_title, subject)] if subject else [],
    }
    return render(request, "hub/signing/signature.html", shown)


def _why_not_withdraw(found: Signature) -> str:
    kind = subjects.get(found.subject_kind)
    about = kind.recall(found.subject_id)
    try:
        if about is not None:
            insert.check_may_withdraw(found, kind, about)
    except Refused as refused:
        return refused.sentence
    return ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def withdraw(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """The signer takes it back, with a reason and what signing asks for, before the next step has a signature."""
    query.only(request)
    found, _, _ = _found(request, signature_id)
    form: WithdrawForm | None = None
    try:
        needs = _needs(request, found)
        form = WithdrawForm(needs, request.POST if request.method == "POST" else None)
        if request.method != "POST":
            return _asked(request, found, needs, form)
        if needs.provider and proof.held(request, found.id) is None:
            raise Refused(ceremony.NO_PROOF, field="proof", rule=identity.PROVIDER_RULE)
        check_filled(form)
        _withdrawn(request, found, form.cleaned_data)
    except Refused as refused:
        record(request, ACT, refused, {"signature": str(signature_id)})
        return _refused(request, found, form, refused)
    return redirect("signature", signature_id)


def _needs(request: HttpRequest, found: Signature) -> identity.Needs:
    """What the signer has to show. Raises NotAllowed for everybody else, SittingOver for a session that ended."""
    if found.person_id != str(request.user.pk):
        raise NotAllowed("Only the signer can withdraw a signature.", field="by", rule="the signer")
    assert isinstance(request.user, Person)
    sitting = sittings.sitting_of(request.session.session_key or "", request.user)
    return ceremony.needs_of_withdrawal(found, request.user, sitting)


def _refused(request: HttpRequest, found: Signature, form: WithdrawForm | None, refused: Refused) -> HttpResponse:
    """What can be mended stays beside its field."""
    if isinstance(refused, NotFound):
        raise refused
    if isinstance(refused, NotAllowed):
        return forbidden(request, refused)
    if form is None:
        rows = manifestation.rows_of(found.subject_kind, found.subject_id)
        shown = {"heading": "Nothing was withdrawn", "refused": refused, "rows": rows, "subject_id": found.subject_id}
        return render(request, "hub/signing/closed.html", shown, status=refused.status)
    if form.is_valid():
        form.refuse(refused)
    answer = _asked(request, found, _needs(request, found), form, status=refused.status)
    return said_when(answer, refused)


def _asked(
    request: HttpRequest, found: Signature, needs: identity.Needs, form: WithdrawForm, *, status: int = 200
) -> HttpResponse:
    """The form; who came in through the provider is sent there first."""
    back = reverse("signature", args=[found.id])
    shown = {
        "form": form,
        "title": f"Withdraw your signature of {found.subject_title}",
        "says": "The signature stays on record, with your reason beside it, and counts no more.",
        "facts": [("Meaning", label_of(found.meaning)), ("Hash", found.digest)],
        "button": "Withdraw it",
        "back": back,
        "crumbs": [("Signature", back)],
        "signature": found,
        "provider": oidc.label(),
    }
    is_away = needs.provider and proof.held(request, found.id) is None
    return render(request, "hub/signing/withdraw.html" if is_away else "hub/acts/ask.html", shown, status=status)


def _withdrawn(request: HttpRequest, found: Signature, given: dict[str, Any]) -> None:
    ceremony.withdraw(
        signature=found,
        by=request.user,
        session_key=request.session.session_key or "",
        proof=proof.held(request, found.id),
        begun_at=proof.begun(request),
        **given,
    )
    proof.spent(request)
    messages.success(request, "Withdrawn.")


def _found(request: HttpRequest, signature_id: UUID) -> tuple[Signature, str, tuple[str, str]]:
    """The signature and the page of its subject, for whom may see the subject. NotFound for all others."""
    found = Signature.objects.select_related("withdrawal").filter(id=signature_id).first()
    if found is None:
        raise NotFound(f"There is no signature {signature_id}.")
    kind = subjects.get(found.subject_kind)
    return found, kind.page(kind.find(found.subject_id, request.user)), (found.subject_kind, found.subject_id)


def _statement(found: Signature) -> list[tuple[str, Any]]:
    """The token's parts as the page shows them; what cannot be read is said by the verdict."""
    try:
        header = header_of(found.jws)
        body = found.jws.split(".")[1]
        said = read_statement(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except Refused:
        return []
    return [*((name, value) for name, value in sorted(header.items())), *_flat(said)]


def _flat(said: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = []
    for name, value in said.items():
        at = f"{before}{name}"
        lines += _flat(value, f"{at}.") if isinstance(value, dict) else [(at, value)]
    return [(name, ", ".join(map(str, value)) if isinstance(value, list) else value) for name, value in lines]
