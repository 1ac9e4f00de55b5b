"""A sitting: one continuous period of controlled access (21 CFR 11.200(a)(1)), which is one session of a person.

It ends by time-out, sign-out, or from elsewhere, as the session does. The first signing in it needs user name and
password, later ones the password alone.
"""

from __future__ import annotations

from django.utils import timezone

from governance.errors import Refused
from governance.models import Person, PersonSession, Signature
from governance.services import sessions

OWN = "a session of one's own that is open"
BY_PROVIDER = "OpenID Connect"  # such a session was opened at the identity provider; signing asks there again


class SittingOver(Refused):
    """The session has ended, or is somebody else's."""

    status = 401
    code = "sitting_over"


def sitting_of(session_key: str, by: Person) -> PersonSession:
    """The living session of this person. Raises SittingOver with the sentence that says why there is none."""
    found = sessions.of(session_key) if session_key else None
    if found is None or found.person_id != by.pk:
        raise SittingOver("Sign in on a page of the console first: a signature needs a session of your own.", rule=OWN)
    over = sessions.why_over(found, timezone.now())
    if over:
        raise SittingOver(over, rule=OWN)
    return found


def is_first(sitting: PersonSession, by: Person) -> bool:
    """Whether nothing was signed in it yet."""
    return not Signature.objects.filter(session_id=sitting.id, person_id=str(by.pk)).exists()


def is_of_provider(sitting: PersonSession) -> bool:
    return sitting.authenticated_by == BY_PROVIDER
