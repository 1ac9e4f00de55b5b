"""How many failed sign-ins are too many: django-axes counts, and what it keeps holds nothing that anybody typed.

Two limits within the time of a lock: one account from one address (HUB_SIGN_IN_FAILURES), and a brake over all
addresses of an account and all accounts of an address (HUB_SIGN_IN_BRAKE). A name that is no account locks like one
that is, so that nobody learns which names exist.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Collection
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Max, QuerySet, Sum
from django.db.models.signals import pre_save
from django.http import HttpRequest
from django.utils import timezone

from governance import audit
from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person


class LockedOut(Refused):
    """Too many failures; the sentence says when it ends."""

    status = 429
    code = "locked_out"


def check(request: HttpRequest, username: str) -> None:
    """Raises LockedOut before any password is looked at."""
    until = locked_until(username, address(request))
    if until is not None:
        raise LockedOut(
            f"Too many sign-ins have failed. Try again after {until:%H:%M} UTC, or ask an administrator.",
            field="username",
            rule=f"at most {settings.AXES_FAILURE_LIMIT} failures",
        )


def locked_until(username: str, where: str | None) -> datetime | None:
    """When the lock of this account at this address ends; None where there is none."""
    name = mask_of(username)
    recent = AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
    limits = (
        (recent.filter(username=name, ip_address=where), settings.AXES_FAILURE_LIMIT),
        (recent.filter(username=name), settings.HUB_SIGN_IN_BRAKE),
        (recent.filter(ip_address=where), settings.HUB_SIGN_IN_BRAKE),
    )
    ends = [end for rows, limit in limits if (end := _end_of(rows, limit)) is not None]
    return max(ends, default=None)


def is_locked_anywhere(person: Person) -> bool:
    """Whether some address is locked out of this account, for the page of a person."""
    return person.username in locked_anywhere([person.username])


def locked_anywhere(usernames: Collection[str]) -> set[str]:
    """Those of these accounts that some address is locked out of; one query for all."""
    recent = AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
    rows = recent.order_by().values_list("username", "ip_address").annotate(Sum("failures_since_start"))
    counts: dict[str, list[int]] = {}
    for mask, _, count in rows:
        counts.setdefault(mask, []).append(count)
    return {one for one in usernames if _is_locked(counts.get(mask_of(one), []))}


def _is_locked(counts: list[int]) -> bool:
    """By the failures at each address."""
    return any(one >= settings.AXES_FAILURE_LIMIT for one in counts) or sum(counts) >= settings.HUB_SIGN_IN_BRAKE


def failed(request: HttpRequest, username: str) -> bool:
    """Count a failure that Django itself did not see (a code, a present password); True where it locks."""
    user_login_failed.send(__name__, credentials={"username": username}, request=request)
    return locked_until(username, address(request)) is not None


def record(request: HttpRequest, username: str, sentence: str) -> None:
    """A failed sign-in is kept; the name that was typed only where it is an account's, and a lock once."""
    person = Person.objects.filter(username=username).first()
    subject = ("person", person.username) if person else ("", "")
    audit.record_refusal("session.open", Refused(sentence, rule="user name and password"), subject=subject)
    until = locked_until(username, address(request))
    if until is not None:
        sentence = f"Sign-ins are locked until {until:%Y-%m-%d %H:%M} UTC."
        audit.record_refusal("session.lock", LockedOut(sentence), subject=subject)


def unlock(*, person: Person, by: Any, reason: str) -> None:
    """Forget the failures of this account, at every address."""
    with change(by=by, reason=reason):
        reset(username=mask_of(person.username))
        audit.record("person.unlocked", subject=("person", person.username))


def mask_of(username: str) -> str:
    """What axes keeps instead of the name: it may be a password in the wrong field."""
    text = unicodedata.normalize("NFKC", username).casefold()
    return hmac.new(settings.SECRET_KEY.encode(), f"lockout/{text}".encode(), hashlib.sha256).hexdigest()


def masked(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """axes' hook for the name."""
    found = (credentials or {}).get("username") or request.POST.get("username", "")
    return mask_of(str(found))


def address(request: HttpRequest) -> str | None:
    """axes' hook for the address: of the peer, or what the trusted proxies say. None where it is no address."""
    found = request.META.get("REMOTE_ADDR", "")
    if settings.HUB_PROXIES:
        forwarded = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
        found = forwarded[-settings.HUB_PROXIES] if len(forwarded) >= settings.HUB_PROXIES else found
    try:
        return str(ip_address(found))
    except ValueError:
        return None


def described(*given: Any, **named: Any) -> str:
    """axes' hook for its log lines: nothing that was typed."""
    return "somebody"


def _end_of(rows: QuerySet[AccessAttempt], limit: int) -> datetime | None:
    found = rows.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    return found["last"] + settings.AXES_COOLOFF_TIME if (found["count"] or 0) >= limit else None


def _keep_nothing_typed(sender: Any, instance: AccessAttempt, **signal: Any) -> None:
    instance.get_data = instance.post_data = instance.http_accept = ""


pre_save.connect(_keep_nothing_typed, sender=AccessAttempt, dispatch_uid="hub.lockout")
audit.describe(person__unlocked="{actor} unlocked the sign-in of {subject}.")
