"""A group of exceptions is given to a person, or linked to a deviation of the quality system: acts with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from governance import audit
from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person
from hub.models import Triage
from hub.permissions import check_still_may_operate, visible_interfaces

REFERENCE = re.compile(r"[A-Za-z0-9][\w\-./ ]{0,79}")


def assign(*, fingerprint: str, interface_key: str, person: str, by: Any, reason: str) -> Triage:
    """Give the group to a person, named by their user name; "" gives it back to nobody."""
    with _opened(fingerprint, interface_key, by, reason) as triage:
        triage.assigned_to = _person(person.strip(), interface_key) if person.strip() else None
        triage.save()
        to = triage.assigned_to.full_name if triage.assigned_to else "nobody"
        audit.record("exceptions.assigned", subject=("exceptions", fingerprint), interface=interface_key, to=to)
    return triage


def link(*, fingerprint: str, interface_key: str, deviation: str, by: Any, reason: str) -> Triage:
    """Say under which number the quality system works on it; "" takes the number away."""
    deviation = deviation.strip()
    if deviation and not REFERENCE.fullmatch(deviation):
        raise Refused(
            f"The deviation {deviation[:80]!r} is no reference: it takes up to 80 letters, digits, - . / and spaces.",
            field="deviation",
            value=deviation[:80],
            rule=REFERENCE.pattern,
        )
    with _opened(fingerprint, interface_key, by, reason) as triage:
        triage.deviation = deviation
        triage.save()
        audit.record(
            "exceptions.linked",
            subject=("exceptions", fingerprint),
            interface=interface_key,
            deviation=deviation or "no deviation",
        )
    return triage


@contextmanager
def _opened(fingerprint: str, interface_key: str, by: Any, reason: str) -> Iterator[Triage]:
    """The group's row in the open change, new where there is none; the right is checked within."""
    with change(by=by, reason=reason):
        check_still_may_operate(by, interface_key)
        rows = Triage.objects.select_for_update(of=("self",)).filter(fingerprint=fingerprint)
        yield rows.first() or Triage(fingerprint=fingerprint, interface_key=interface_key)


def _person(username: str, interface_key: str) -> Person:
    """Somebody who may at least look at the interface; anybody else does not exist here."""
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None or not visible_interfaces(found).filter(key=interface_key).exists():
        raise Refused(
            f"There is no person {username[:64]!r} who may look at {interface_key}.",
            field="person",
            value=username[:64],
            rule="the user name of somebody who may look at the interface",
        )
    return found


audit.describe(
    exceptions__assigned="{actor} gave the exceptions {subject} to {to}.",
    exceptions__linked="{actor} linked the exceptions {subject} to {deviation}.",
)
