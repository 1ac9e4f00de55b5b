"""Pages of service accounts: what each may do, which tokens open, who should look at what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.console import query
from governance.errors import NotFound, Refused
from governance.models import ServiceAccount, ServiceToken
from governance.permissions import check_right
from governance.services import service_accounts
from hub.console.account.forms import TokenForm
from hub.console.doors import act, page
from hub.permissions import visible_interfaces
from hub.selectors import service_accounts as accounts
from hub.services import tokens

MAY_READ = "Only integration engineers, auditors and administrators may look at the accounts of systems."


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """All accounts, and what somebody should look at."""
    query.only(request)
    _check_may_read(request)
    rows = accounts.listed(visible=_visible(request))
    return render(request, "account/service_accounts.html", {"rows": rows, "report": accounts.report(rows)})


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One account with its tokens."""
    query.only(request)
    _check_may_read(request)
    row = _row(request, key)
    shown = {
        "row": row,
        "tokens": accounts.tokens_of(row.account),
        "report": accounts.report([row]),
        "why_not": _why_not(service_accounts.check_may_administer, request.user),
        "why_not_issue": _why_not(tokens.check_may_issue, request.user, row.account),
        "crumbs": [("Service accounts", reverse("service-accounts"))],
    }
    return render(request, "account/service_account.html", shown)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def issue(request: HttpRequest, key: str) -> HttpResponse:
    """A new token, shown this once; the earlier ones live on, or end after an overlap."""
    _check_may_read(request)
    account = _row(request, key).account
    tokens.check_may_issue(request.user, account)
    form, status = TokenForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _issued(request, account, form)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
    shown = {
        "form": form,
        "title": f"Issue a token for {account.label}",
        "says": "The new token opens at once, beside the earlier ones: give it to the system, then let those end.",
        "button": "Issue",
        "back": reverse("service-account", args=[key]),
        "crumbs": _crumbs(account),
    }
    return render(request, "hub/acts/ask.html", shown, status=status)


def _issued(request: HttpRequest, account: ServiceAccount, form: TokenForm) -> HttpResponse:
    given = form.cleaned_data
    overlap = given["overlap_days"]
    expires_at = timezone.now() + timedelta(days=given["days"])
    secret = tokens.issue(
        account=account,
        expires_at=expires_at,
        overlap=None if overlap is None else timedelta(days=overlap),
        by=request.user,
        reason=given["reason"],
    )
    shown = {"account": account, "secret": secret, "expires_at": expires_at, "crumbs": _crumbs(account)}
    return render(request, "account/token.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def revoke(request: HttpRequest, key: str, token_id: UUID) -> HttpResponse:
    """A token that opens nothing from now on."""
    _check_may_read(request)
    service_accounts.check_may_administer(request.user)
    token = ServiceToken.objects.select_related("account").filter(pk=token_id, account__key=key).first()
    if token is None or not token.is_valid:
        raise NotFound(f"There is no token {token_id} that opens.")
    return act(
        request,
        name="service_token.revoke",
        subject=("service_account", key),
        do=lambda **given: service_accounts.revoke_token(token=token, **given),
        done="Revoked. It opens nothing any more.",
        back=reverse("service-account", args=[key]),
        shown={
            "title": f"Revoke the token {token.hint}…",
            "says": "The system that uses it is turned away from the next request on.",
            "button": "Revoke",
            "crumbs": _crumbs(token.account),
        },
    )


def _check_may_read(request: HttpRequest) -> None:
    check_right(request.user, "governance.view_serviceaccount", MAY_READ)


def _visible(request: HttpRequest) -> set[str]:
    return set(visible_interfaces(request.user).values_list("key", flat=True))


def _why_not(check: Callable[..., None], *about: Any) -> str:
    """The sentence of a check that refuses; "" where it does not."""
    try:
        check(*about)
    except Refused as refused:
        return refused.sentence
    return ""


def _row(request: HttpRequest, key: str) -> accounts.Row:
    found = accounts.listed(key, visible=_visible(request))
    if not found:
        raise NotFound(f"There is no service account {key!r}.", field="service_account", value=key)
    return found[0]


def _crumbs(account: ServiceAccount) -> list[tuple[str, str]]:
    return [
        ("Service accounts", reverse("service-accounts")),
        (account.label, reverse("service-account", args=[account.key])),
    ]
