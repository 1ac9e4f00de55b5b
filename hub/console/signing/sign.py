"""The page of signing: shows what will be signed, with what it changes and what warns of it; then signs it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.console import query
from governance.console.doors import forbidden, misunderstood, page, record
from governance.console.query import BadQuery
from governance.errors import NOT_SHOWN, NotAllowed, NotFound, Refused
from governance.models import Person, Signature, SigningIntent
from governance.signing import ceremony, identity, manifestation, sittings
from governance.signing.judge import Case, ContentMoved, judge
from governance.signing.meanings import label_of, sentence_of
from hub.console.signing import proof
from hub.console.signing.forms import SignForm, check_filled
from hub.sign_in import oidc
from hub.sign_in.lockout import said_when

ACT, LOOK = "signature.make", "signature.show"
KIND_LENGTH = 32  # of a kind in the table of refusals: an address may hold anything


@dataclass(frozen=True, slots=True)
class Opened:
    """What may be signed here now, and what its signer has to show."""

    case: Case
    meaning: str
    needs: identity.Needs

    @property
    def is_veto(self) -> bool:
        return self.meaning in self.case.policy.vetoes


@dataclass(slots=True)
class Attempt:
    """One form that was sent, as far as it was read."""

    about: tuple[str, str]
    opened: Opened | None = None
    form: SignForm | None = None
    intent: SigningIntent | None = None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def sign(request: HttpRequest, kind: str, subject_id: str, meaning: str) -> HttpResponse:
    """GET shows it and freezes its hash in an intent; POST signs that intent, or nothing."""
    about = (kind, subject_id)
    if request.method == "POST":
        return _sent(request, Attempt(about), meaning)
    query.only(request, "intent")
    try:
        opened = _opened(request, about, meaning)
    except NotFound:
        raise
    except NotAllowed as refused:
        record(request, LOOK, refused, {kind: subject_id})
        return forbidden(request, refused)
    except Refused as refused:
        return _closed(request, about, refused)
    intent = _shown_before(request, about, meaning) or _intent(request, about, meaning)
    form = SignForm(opened.needs, initial={"intent": intent.id}, is_veto=opened.is_veto)
    return _shown(request, opened.case, intent, opened.needs, form)


def _opened(request: HttpRequest, about: tuple[str, str], meaning: str) -> Opened:
    assert isinstance(request.user, Person)
    case = judge(about, meaning, request.user)
    sitting = sittings.sitting_of(_session(request), request.user)
    return Opened(case, meaning, identity.needs_of(sitting, request.user, needs_code=case.needs_code))


def _sent(request: HttpRequest, attempt: Attempt, meaning: str) -> HttpResponse:
    """A signature, or nothing and one refusal on record with the record that it was tried on (21 CFR 11.300(d))."""
    try:
        made = _signed(request, attempt, meaning)
    except Refused as refused:
        kind, subject_id = attempt.about
        if isinstance(refused, BadQuery):  # never what was typed: an address may hold a password
            refused.value = NOT_SHOWN
        record(request, ACT, refused, {kind[:KIND_LENGTH]: subject_id})
        return _refused(request, attempt, refused)
    proof.spent(request)
    messages.success(request, f"Signed: {label_of(meaning).lower()} of {made.subject_title}.")
    return redirect("signature", made.id)


def _signed(request: HttpRequest, attempt: Attempt, meaning: str) -> Signature:
    """Fills in ``attempt`` on its way, so that a refusal can be shown beside what was sent."""
    query.only(request, "intent")
    attempt.opened = opened = _opened(request, attempt.about, meaning)
    attempt.form = form = SignForm(opened.needs, request.POST, is_veto=opened.is_veto)
    if sentence := form.unknown():
        raise Refused(sentence, field="form", rule="only fields of this form")
    attempt.intent = intent = _intent_of(request, (*attempt.about, meaning))
    check_filled(form)
    given = {name: form.cleaned_data.get(name, "") for name in ("username", "password", "code", "reason")}
    found = proof.held(request, intent.id)
    return ceremony.sign(intent=intent, by=request.user, session_key=_session(request), proof=found, **given)


def _refused(request: HttpRequest, attempt: Attempt, refused: Refused) -> HttpResponse:
    """What can be mended stays beside its field; what changed since is shown anew, by another intent."""
    if isinstance(refused, NotFound):
        raise refused
    if isinstance(refused, NotAllowed):
        return forbidden(request, refused)
    if isinstance(refused, BadQuery):
        return misunderstood(request, refused)
    opened, form, intent = attempt.opened, attempt.form, attempt.intent
    if opened is None or form is None or intent is None or isinstance(refused, ContentMoved | ceremony.IntentSpent):
        return _closed(request, attempt.about, refused, again=request.path if opened else "")
    if form.is_valid():
        form.refuse(refused)
    return said_when(_shown(request, opened.case, intent, opened.needs, form, status=refused.status), refused)


def _shown(
    request: HttpRequest,
    case: Case,
    intent: SigningIntent,
    needs: identity.Needs,
    form: SignForm,
    *,
    status: int = 200,
) -> HttpResponse:
    page_of = case.subject.page(case.found)
    person = Person.objects.get(pk=request.user.pk)
    shown = {
        "title": f"Sign: {case.subject.title(case.found)}",
        "label": case.subject.label,
        "case": case,
        "intent": intent,
        "meaning": label_of(intent.meaning),
        "sentence": sentence_of(intent.meaning),
        "is_veto": intent.meaning in case.policy.vetoes,
        "signer": person,
        "content_text": json.dumps(case.content, indent=2, ensure_ascii=False, default=str),
        "beside": case.subject.shown(case.found, request.user),
        "rows": _rows(case),
        "steps": _steps(case),
        "rules": f"{case.subject.policy_words(case.found)} {case.subject.who_signs(case.found)}".strip(),
        "form": form,
        "needs": needs,
        "provider": oidc.label(),
        "has_proof": needs.provider and proof.held(request, intent.id) is not None,
        "back": page_of or reverse("overview"),
        "crumbs": [(case.subject.title(case.found), page_of)] if page_of else [],
    }
    return render(request, "hub/signing/sign.html", shown, status=status)


def _rows(case: Case) -> list[manifestation.Row]:
    """Every signature so far: those that led here first, such as the approvals of what is released."""
    return [
        row for about in (*case.subject.earlier(case.found), _subject(case)) for row in manifestation.rows_of(*about)
    ]


def _closed(request: HttpRequest, about: tuple[str, str], refused: Refused, *, again: str = "") -> HttpResponse:
    """Nothing can be signed here now: the sentence, who signed already, and where to look again."""
    shown = {"refused": refused, "again": again, "rows": manifestation.rows_of(*about), "subject_id": about[1]}
    return render(request, "hub/signing/closed.html", shown, status=refused.status)


def _intent(request: HttpRequest, about: tuple[str, str], meaning: str) -> SigningIntent:
    assert isinstance(request.user, Person)
    return ceremony.intend(subject=about, meaning=meaning, by=request.user, session_key=_session(request))


def _shown_before(request: HttpRequest, about: tuple[str, str], meaning: str) -> SigningIntent | None:
    """The intent that somebody comes back to from the provider, where it is theirs and of this page."""
    try:
        wanted = UUID(request.GET.get("intent", ""))
    except ValueError:
        return None
    found = SigningIntent.objects.filter(id=wanted, person_id=str(request.user.pk)).first()
    return found if found and _about(found) == (*about, meaning) else None


def _steps(case: Case) -> list[dict[str, Any]]:
    """The policy as the page draws it: who signed each step, and which one is open."""
    return [
        {
            "label": step.label or label_of(step.meaning),
            "quorum": step.quorum,
            "signed": [one.person["name"] for one in case.standing.counted if one.step == number],
            "is_open": number == case.step,
        }
        for number, step in enumerate(case.policy.steps)
    ]


def _intent_of(request: HttpRequest, shown: tuple[str, str, str]) -> SigningIntent:
    """The intent that the form names, where it was made for this person and this page."""
    refused = Refused(
        "This was not shown to you. Look at it again, then sign.", field="intent", rule="shown to you on this page"
    )
    try:
        wanted = UUID(request.POST.get("intent", ""))
    except ValueError:
        raise refused from None
    found = SigningIntent.objects.filter(id=wanted, person_id=str(request.user.pk)).first()
    if found is None or _about(found) != shown:
        raise refused
    return found


def _about(intent: SigningIntent) -> tuple[str, str, str]:
    return intent.subject_kind, intent.subject_id, intent.meaning


def _subject(case: Case) -> tuple[str, str]:
    return case.subject.kind, case.subject_id


def _session(request: HttpRequest) -> str:
    return request.session.session_key or ""
