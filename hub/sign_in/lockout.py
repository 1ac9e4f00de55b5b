"""How many failed sign-ins are too many, and what is counted together; what is kept holds nothing that anybody typed.

A stranger's attempt counts for one account from one address (HUB_SIGN_IN_FAILURES), for the account from everywhere
and for the address on all accounts (HUB_SIGN_IN_BRAKE). A browser that signed in to the account before is counted
alone, and with all others that did (HUB_SIGN_IN_BRAKE); a person who is signed in is counted alone: strangers cannot
lock them out. A name that is no account locks like one that is, so that nobody learns which names exist.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from governance import audit
from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person
from hub.models import SignInCount
from hub.sign_in import counts, devices
from hub.sign_in.counts import Limit, Lock


class LockedOut(Refused):
    """Too many failures; the sentence says when it ends."""

    status = 429
    code = "locked_out"
    retry_after = 0  # seconds


def admit(request: HttpRequest, username: str) -> None:
    """Count an attempt before any password or code is looked at. Raises LockedOut, and then nothing is looked at."""
    lock = counts.reserve(limits_of(request, username))
    if lock is not None:
        sentence = _says(lock, _is_own(request, username))
        refused = LockedOut(sentence, field="username", rule=f"at most {settings.HUB_SIGN_IN_FAILURES} failures")
        refused.retry_after = max(1, math.ceil((lock.until - timezone.now()).total_seconds()))
        raise refused


def said_when(answer: HttpResponse, refused: Refused | None) -> HttpResponse:
    """The answer to an attempt; to one that a lock refused with the seconds that it lasts (RFC 6585, section 4)."""
    if isinstance(refused, LockedOut):
        answer["Retry-After"] = str(refused.retry_after)
    return answer


def passed(request: HttpRequest, username: str) -> None:
    """What was admitted was right: it is no failure. Half a sign-in forgets no earlier ones: see ``opened``."""
    limits = [replace(one, is_shared=True) for one in limits_of(request, username)]
    counts.give_back(limits)


def opened(request: HttpRequest, username: str) -> None:
    """The account was opened: its owner's failures are forgotten."""
    counts.give_back(limits_of(request, username))
    counts.remove_stale()


def failed(request: HttpRequest, username: str) -> None:
    """What was admitted was wrong: it is kept from now on."""
    counts.keep(limits_of(request, username))


def remember(request: HttpRequest, username: str, answer: HttpResponse) -> None:
    """The browser that gets this answer has shown the password that the account has now: it is known from now on."""
    account, proof = mask_of(username), _proof_of(username)
    devices.remember(answer, account, proof, devices.known(request, account, proof))


def limits_of(request: HttpRequest, username: str) -> list[Limit]:
    """What an attempt on this account counts for."""
    account, few, many = mask_of(username), settings.HUB_SIGN_IN_FAILURES, settings.HUB_SIGN_IN_BRAKE
    if _is_own(request, username):
        return [Limit(own_key(username)[0], account, few)]
    if device := devices.known(request, account, _proof_of(username)):
        return [
            Limit(_key("device", account, device), account, few),
            Limit(_key("devices", account), account, many, grows=True, is_shared=True),
        ]
    where = place(request)
    return [
        Limit(_key("pair", account, where), account, few),
        Limit(_key("account", account), account, many, grows=True, is_shared=True),
        Limit(_key("address", where), "", many, is_shared=True),
    ]


def own_key(username: str) -> tuple[str, str]:
    """(key, account) under which a signed-in person's failures on their own account are counted."""
    account = mask_of(username)
    return _key("own", account), account


def is_locked_anywhere(person: Person) -> bool:
    """Whether somebody is locked out of this account, for the page of a person."""
    return person.username in locked_anywhere([person.username])


def locked_anywhere(usernames: Collection[str]) -> set[str]:
    """Those of these accounts that somebody is locked out of; one query for all."""
    masks = {mask_of(one): one for one in usernames}
    rows = SignInCount.objects.filter(account__in=masks, locked_until__gt=timezone.now())
    return {masks[account] for account in rows.values_list("account", flat=True)}


def record(request: HttpRequest, username: str, sentence: str) -> None:
    """A failed sign-in is kept; the name that was typed only where it is an account's, and a lock once."""
    person = Person.objects.filter(username=username).first()
    subject = ("person", person.username) if person else ("", "")
    audit.record_refusal("session.open", Refused(sentence, rule="user name and password"), subject=subject)
    limits = limits_of(request, username)
    counts.keep(limits)
    lock = counts.lock_of(limits)
    if lock is not None:
        what = "Sign-ins" if lock.can_be_lifted else "Sign-ins from this address"
        sentence = f"{what} are locked until {lock.until:%Y-%m-%d %H:%M} UTC."
        audit.record_refusal("session.lock", LockedOut(sentence), subject=subject)


def unlock(*, person: Person, by: Any, reason: str) -> None:
    """Forget the failures of this account, from everywhere."""
    with change(by=by, reason=reason):
        counts.forget(mask_of(person.username))
        audit.record("person.unlocked", subject=("person", person.username))


def mask_of(username: str) -> str:
    """What is kept instead of the name: it may be a password in the wrong field."""
    return _key("name", _plain(username))


def address(request: HttpRequest) -> str | None:
    """The address of the peer, or what the trusted proxies say. None where it is no address."""
    found = _address(request)
    return str(found) if found else None


def place(request: HttpRequest) -> str:
    """What is counted as one address: in IPv6 a /64, since its owner may take any address of it.

    REMOTE_ADDR is empty where the server listens on a Unix socket. Then, unless HUB_PROXIES lets a header say it,
    nobody's address is known: all are counted as one place, and fifty failures of anybody lock every stranger. To let
    them pass uncounted would be worse.
    """
    found = _address(request)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), 64), strict=False))
    return str(found or "nowhere")


def _address(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """An IPv4 address that a socket of both kinds shows as IPv6 (``::ffff:192.0.2.7``) is the IPv4 one."""
    found = request.META.get("REMOTE_ADDR", "")
    if settings.HUB_PROXIES:
        forwarded = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
        found = forwarded[-settings.HUB_PROXIES] if len(forwarded) >= settings.HUB_PROXIES else found
    try:
        read = ip_address(found)
    except ValueError:
        return None
    return getattr(read, "ipv4_mapped", None) or read


def _is_own(request: HttpRequest, username: str) -> bool:
    """Somebody who is signed in gives their present password again."""
    return getattr(request.user, "username", "") == username


def _says(lock: Lock, is_own: bool) -> str:
    """An administrator is named only where one can help: the lock of an address ends by itself."""
    if lock.can_be_lifted:
        what = "Your present password was wrong too often." if is_own else "Too many sign-ins have failed."
        return f"{what} Try again after {lock.until:%H:%M} UTC, or ask an administrator."
    return f"Too many sign-ins from your address have failed. Try again after {lock.until:%H:%M} UTC."


def _proof_of(username: str) -> str:
    """What changes with the password; for a name that is no account something that no cookie was signed with.

    Names that were typed in another way are one account to the count, so they are one here.
    """
    person = Person.objects.filter(username__in={username, _plain(username)}).order_by("username").first()
    return person.get_session_auth_hash() if person else ""


def _plain(username: str) -> str:
    """A capital or a space makes no other name."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def _key(*parts: str) -> str:
    text = "/".join(("lockout", *parts))
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


audit.describe(person__unlocked="{actor} unlocked the sign-in of {subject}.")
