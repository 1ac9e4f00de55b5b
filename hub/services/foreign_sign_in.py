"""Who somebody at the identity provider is here, and which roles their groups give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from governance import audit
from governance.actors import Actor
from governance.guard.context import change
from governance.models import ForeignIdentity, Membership, Person
from governance.services import passwords, persons
from hub.services.enrolment import USERNAME
from hub.sign_in.oidc import NotSignedIn

PROVIDER = Actor("system", "oidc", "Identity provider", authenticated_by="OpenID Connect")
UNKNOWN = "You are known there, but not here. Ask an administrator to enrol you."


def person_of(claims: Mapping[str, Any]) -> Person:
    """The person with this issuer and subject; the one of that user name at their first visit. Raises NotSignedIn."""
    known = ForeignIdentity.objects.select_related("person").filter(issuer=claims["iss"], subject=claims["sub"]).first()
    person = known.person if known else _met_first(claims)
    if not person.is_active:
        raise NotSignedIn(UNKNOWN, rule="an active account")
    if passwords.is_dormant(person):
        raise NotSignedIn(passwords.DORMANT, rule="an account in use")
    _follow_roles(person, claims)
    return person


def _met_first(claims: Mapping[str, Any]) -> Person:
    """An account is tied to a subject once: another subject with the same user name does not open it."""
    username = str(claims.get(settings.HUB_OIDC_USERNAME_CLAIM, "")).lower()
    found = Person.objects.filter(username=username).first() if USERNAME.fullmatch(username) else None
    if found is None:
        found = _enrolled(username, claims)
    elif ForeignIdentity.objects.filter(person=found).exists():
        raise NotSignedIn(UNKNOWN, rule="the subject that this account is tied to")
    with change(by=PROVIDER, reason="First sign-in at the identity provider."):
        ForeignIdentity(person=found, issuer=claims["iss"], subject=claims["sub"]).save()
        audit.record("identity.tied", subject=("person", found.username), issuer=claims["iss"])
    return found


def _enrolled(username: str, claims: Mapping[str, Any]) -> Person:
    """Without rights; what the provider's groups give comes after. Only where the installation says so."""
    if not settings.HUB_OIDC_ENROL or not USERNAME.fullmatch(username):
        raise NotSignedIn(UNKNOWN, rule="an enrolled person")
    return persons.enrol(
        username=username,
        full_name=str(claims.get("name") or username)[:160],
        email=str(claims.get("email") or "")[:254],
        password=None,
        roles=(),
        by=PROVIDER,
        reason="Known to the identity provider; HUB_OIDC_ENROL is yes.",
    )


def _follow_roles(person: Person, claims: Mapping[str, Any]) -> None:
    """Roles that a group of the provider gives are given and taken; all others stay as an administrator left them."""
    given = claims.get(settings.HUB_OIDC_ROLES_CLAIM, [])
    groups = {str(one) for one in given} if isinstance(given, list) else {str(given)}
    wanted = {role for group, role in settings.HUB_OIDC_ROLES if group in groups}
    has = set(Membership.objects.filter(person=person).values_list("group__name", flat=True))
    reason = "The person's groups at the identity provider."
    for role in sorted({role for _, role in settings.HUB_OIDC_ROLES}):
        if role in wanted - has:
            persons.give_role(person=person, role=role, by=PROVIDER, reason=reason)
        elif role in has - wanted:
            persons.take_role(person=person, role=role, by=PROVIDER, reason=reason)


audit.describe(identity__tied="{actor} tied {subject} to an identity at {issuer}.")
