"""Sessions of persons: opened, seen, ended by their owner, by an administrator or by time."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils import timezone

from governance import audit
from governance.guard.context import change
from governance.models import Person, PersonSession

SEEN_EVERY = timedelta(minutes=1)


def opened(
    *, person: Person, session_key: str, device: str, address: str | None, authenticated_by: str
) -> PersonSession:
    """The row of a session that has just begun, or that was begun before there were rows."""
    now = timezone.now()
    found, _ = PersonSession.objects.get_or_create(
        session_key=session_key,
        defaults={
            "person": person,
            "device": device[:120],
            "address": address,
            "authenticated_by": authenticated_by,
            "opened_at": now,
            "seen_at": now,
        },
    )
    return found


def of(session_key: str) -> PersonSession | None:
    return PersonSession.objects.filter(session_key=session_key).first()


def open_ones(person: Person) -> list[PersonSession]:
    """The open sessions of a person, the one seen last first; those that time has ended are left out."""
    rows = PersonSession.objects.filter(person=person, ended_at=None).order_by("-seen_at")
    return [one for one in rows if why_over(one, timezone.now()) == ""]


def why_over(session: PersonSession, now: datetime) -> str:
    """The sentence that tells why a session is over; "" while it lives."""
    if session.ended_at is not None:
        return "This session was ended. Please sign in again."
    if now - session.opened_at > timedelta(hours=settings.HUB_SESSION_HOURS):
        return f"A session lasts {settings.HUB_SESSION_HOURS} hours at most. Please sign in again."
    if now - session.seen_at > timedelta(minutes=settings.HUB_SESSION_IDLE_MINUTES) + SEEN_EVERY:
        return f"Nothing was done for {settings.HUB_SESSION_IDLE_MINUTES} minutes. Please sign in again."
    return ""


def seen(session: PersonSession, now: datetime) -> None:
    """Remember that its owner did something; at most one write a minute."""
    if now - session.seen_at >= SEEN_EVERY:
        PersonSession.objects.filter(pk=session.pk).update(seen_at=now)


def moved(session: PersonSession, session_key: str) -> None:
    """The same session under another key."""
    PersonSession.objects.filter(pk=session.pk).update(session_key=session_key)


def close(session: PersonSession) -> None:
    """From now on its cookie opens nothing. The caller records why."""
    PersonSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=timezone.now())
    import_module(settings.SESSION_ENGINE).SessionStore(session.session_key).delete()


def end(*, person: Person, sessions: list[PersonSession], by: Any, reason: str) -> int:
    """End these sessions of a person; returns how many they were."""
    with change(by=by, reason=reason):
        for one in sessions:
            close(one)
        audit.record("session.ended", subject=("person", person.username), count=len(sessions))
    return len(sessions)


audit.describe(session__ended="{actor} ended {count} session(s) of {subject}.")
