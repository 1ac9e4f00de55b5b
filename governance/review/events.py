"""Rules that go by the kind of an act: rights, guards, emergencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from governance.models import AuditEvent
from governance.review.acts import by_act, in_trail
from governance.review.finding import Finding
from governance.review.rules import rule

PRIVILEGES = {
    "role.allowed": 60, "role.given": 60, "role.taken": 40, "right.given": 60, "right.taken": 40, "grant.given": 50,
    "person.enrolled": 50, "person.activated": 50, "person.reopened": 60, "password.reset": 60, "identity.tied": 60,
    "person.same": 60, "second_factor.removed": 70, "signing.confirmed": 60, "service_account.created": 50,
    "service_token.issued": 50, "signing_key.registered": 70, "signing_key.retired": 70, "signature.withdrawn": 60,
    "signing.locked": 60, "recovery_code.used": 60, "person.deactivated": 40, "person.unlocked": 50,
}  # fmt: skip
GUARDS = {"ledger.guards_changed": 95, "ledger.epoch_begun": 90, "ledger.unattested": 100}
EMERGENCIES = {"change.emergency": 80}


@rule("privileges", "Rights", "A right, a role, an account, a token, a key or a signature was given, taken or locked.")
def privileges(since: datetime, until: datetime) -> Iterator[Finding]:
    yield from _of("privileges", PRIVILEGES, since, until)


@rule("guards", "Guards and log", "The guards changed without a line that says why, an epoch began, rows are forged.")
def guards(since: datetime, until: datetime) -> Iterator[Finding]:
    yield from _of("guards", GUARDS, since, until)


@rule("emergencies", "Emergency changes", "A change went the short way of an emergency.")
def emergencies(since: datetime, until: datetime) -> Iterator[Finding]:
    yield from _of("emergencies", EMERGENCIES, since, until)


def _of(name: str, scores: Mapping[str, int], since: datetime, until: datetime) -> Iterator[Finding]:
    """One finding an act: a load that gives a hundred rights is looked at once, with the list of all of them."""
    rows = AuditEvent.objects.filter(kind__in=scores, recorded_at__gte=since, recorded_at__lt=until)
    found = ((row.change_id, row.kind, _finding(name, scores, row)) for row in rows.order_by("id").iterator(500))
    yield from by_act(found, in_trail)


def _finding(name: str, scores: Mapping[str, int], row: AuditEvent) -> Finding:
    return Finding(
        key=f"{name}:{row.id}",
        rule=name,
        score=scores[row.kind],
        sentence=row.sentence,
        at=row.recorded_at,
        actor_id=row.actor_id,
        actor=row.actor["name"],
        event=str(row.id),
    )
