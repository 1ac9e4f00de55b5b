"""Suspension of signing after somebody else set a password, and its end by a second person (21 CFR 11.100(b)).

Who set the password could sign in as that person: so another one, who has looked at the person and not at a request,
confirms them before anything is signed again.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from governance import audit
from governance.actors import actor_of
from governance.errors import NotAllowed, Refused
from governance.guard.context import change
from governance.models import Person, SigningSuspension
from governance.permissions import check_right
from governance.signing import separation

RIGHT = "governance.confirm_signer"
MAY_CONFIRM = "Only an administrator or a quality approver may confirm who a person is."


def open_one(person: Person) -> SigningSuspension | None:
    """The suspension that holds now."""
    return SigningSuspension.objects.filter(person=person, confirmed_at=None).first()


def listed() -> list[SigningSuspension]:
    """All that hold now, the oldest first."""
    rows = SigningSuspension.objects.select_related("person").filter(confirmed_at=None)
    return list(rows.order_by("suspended_at"))


def suspend(*, person: Person, by: Any, reason: str) -> None:
    """From now on this person signs nothing. A second time names who did it last."""
    with change(by=by, reason=reason) as made:
        row = open_one(person) or SigningSuspension(person=person)
        row.suspended_at, row.suspended_by, row.why = timezone.now(), made.by.frozen(), made.reason
        row.save()
        audit.record("signing.suspended", subject=("person", person.username))


def check_confirm(*, person: Person, by: Any) -> SigningSuspension:
    """The suspension that ``by`` may end. Raises the sentence that says why not."""
    account = Person.objects.filter(pk=by.pk).first() if isinstance(by, Person) else None
    check_right(account, RIGHT, MAY_CONFIRM)
    assert account is not None
    row = open_one(person)
    if row is None:
        raise Refused(f"The signing of {person} is not suspended.", field="person", value=person.username)
    if separation.marks_of(account) & separation.marks([str(person.pk)]):
        raise NotAllowed("Nobody confirms themselves.", field="by", value=str(by), rule="a second person")
    if separation.marks_of(account) & separation.marks([row.suspended_by["id"]]):
        raise NotAllowed(
            "Another person must confirm this: you set the password.", field="by", value=str(by), rule="a second person"
        )
    if open_one(account) is not None and _who_may_confirm():
        raise NotAllowed(
            "Your own signing is suspended: somebody whose signing is not must confirm this.",
            field="by",
            value=str(by),
            rule="a person who may sign",
        )
    if person.must_change_password:
        raise Refused(
            f"{person} has not chosen a password of their own yet.", field="person", value=person.username, rule="own"
        )
    return row


def _who_may_confirm() -> bool:
    """Whether anybody is there who may confirm and may sign; in a hub that begins, two confirm each other."""
    suspended = SigningSuspension.objects.filter(confirmed_at=None).values("person_id")
    others = Person.objects.filter(is_active=True).exclude(pk__in=suspended)
    return any(one.has_perm(RIGHT) for one in others)


def why_not(*, person: Person, by: Any) -> str:
    """The sentence for a closed button; "" where it is open."""
    try:
        check_confirm(person=person, by=by)
    except Refused as refused:
        return refused.sentence
    return ""


def confirm(*, person: Person, by: Any, reason: str) -> None:
    """The person is who the account says, and the password is theirs: they may sign again."""
    with change(by=by, reason=reason):
        person = Person.objects.get(pk=person.pk)
        row = check_confirm(person=person, by=by)
        row.confirmed_at, row.confirmed_by = timezone.now(), actor_of(by).frozen()
        row.save()
        audit.record("signing.confirmed", subject=("person", person.username))


audit.describe(
    signing__suspended="The signing of {subject} is suspended: {actor} set the password.",
    signing__confirmed="{actor} confirmed who {subject} is; they may sign again.",
)
