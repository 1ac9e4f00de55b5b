"""Who is signing: user name and password the first time in a sitting, the password later (21 CFR 11.200(a)(1)).

A person whose session was opened at the identity provider signs in there again, freshly, instead. Where the policy
asks for it a one-time code comes beside either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password

from governance import audit
from governance.actors import Actor
from governance.errors import Refused
from governance.guard.context import change
from governance.models import ForeignIdentity, Person, PersonSession
from governance.services import second_factors
from governance.signing import sittings
from governance.signing.brake import brake

CLOCK_LEEWAY = timedelta(seconds=60)
WRONG = "User name and password do not belong together, or are not yours. Nothing was signed."
WRONG_LATER = "This is not your password. Nothing was signed."
PASSWORD_RULE, CODE_RULE, PROVIDER_RULE = "the signer's password", "a one-time code", "a fresh sign-in at the provider"


class WrongCredentials(Refused):
    """Not shown to be the signer. Counted against the account and against the intent."""

    code = "wrong_credentials"


@dataclass(frozen=True, slots=True)
class Needs:
    """What the page asks for."""

    username: bool
    password: bool
    code: bool
    provider: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What the signer gave. ``proof``: what the provider said, made by the door that spoke with it."""

    username: str = ""
    password: str = ""
    code: str = ""
    proof: ProviderProof | None = None


@dataclass(frozen=True, slots=True)
class ProviderProof:
    """A fresh sign-in at the identity provider: whose, and when they proved it (``auth_time``)."""

    issuer: str
    subject: str
    at: datetime


def needs_of(sitting: PersonSession, by: Person, *, needs_code: bool) -> Needs:
    is_there = sittings.is_of_provider(sitting)
    is_first = sittings.is_first(sitting, by)
    return Needs(username=is_first and not is_there, password=not is_there, code=needs_code, provider=is_there)


def authenticate(by: Person, sitting: PersonSession, needs: Needs, given: Given, *, since: datetime) -> dict[str, str]:
    """How the signer was authenticated, as the statement says it. Raises WrongCredentials, or Refused for a lock.

    ``since`` is when the signer was shown what they sign: an earlier sign-in at the provider is not fresh.
    """
    brake().admit(by.username)
    try:
        how = _by_provider(by, given.proof, since) if needs.provider else _by_password(by, needs, given)
        if needs.code:
            how += _with_code(by, given.code)
    except WrongCredentials:
        _alert(by, brake().failed(by.username))
        raise
    except Refused:  # no guess: what was typed was right
        brake().passed(by.username)
        raise
    brake().passed(by.username)
    return {"how": how, "session": str(sitting.id), "signed_in_with": sitting.authenticated_by}


def _by_password(by: Person, needs: Needs, given: Given) -> str:
    is_right = check_password(given.password, by.password) if given.password else False
    if needs.username:
        if given.username.strip() != by.username or not is_right:
            raise WrongCredentials(WRONG, field="password", rule=PASSWORD_RULE)
        return "user name and password"
    if not is_right:
        raise WrongCredentials(WRONG_LATER, field="password", rule=PASSWORD_RULE)
    return "password"


def _by_provider(by: Person, proof: ProviderProof | None, since: datetime) -> str:
    sentence = "Sign in at the provider again: a signature needs a fresh sign-in there."
    if proof is None or proof.at + CLOCK_LEEWAY < since:
        raise WrongCredentials(sentence, field="proof", rule=PROVIDER_RULE)
    if not ForeignIdentity.objects.filter(person=by, issuer=proof.issuer, subject=proof.subject).exists():
        raise WrongCredentials("Somebody else signed in at the provider. Nothing was signed.", rule=PROVIDER_RULE)
    return sittings.BY_PROVIDER


def _with_code(by: Person, code: str) -> str:
    if not second_factors.is_enrolled(by):
        raise Refused(
            "This signature needs a one-time code: enrol a second factor under your account first.",
            field="code",
            rule=CODE_RULE,
        )
    if not code or not second_factors.verify(person=by, code=code):
        raise WrongCredentials("This code does not open now. Nothing was signed.", field="code", rule=CODE_RULE)
    return " and one-time code"


def _alert(by: Person, lock: str) -> None:
    """21 CFR 11.300(d): somebody tries to use a signature that is not theirs; seen in trail and refusals at once."""
    if not lock:
        return
    watch = Actor("system", "signing", "Signing guard", authenticated_by="process")
    with change(by=watch, reason="Too many wrong passwords at signing"):
        audit.record("signing.locked", subject=("person", by.username), lock=lock)
    audit.record_refusal("signing.lock", Refused(lock, rule=PASSWORD_RULE), by=by, subject=("person", by.username))


audit.describe(signing__locked="Signing of {subject} is locked after wrong passwords. {lock}")
