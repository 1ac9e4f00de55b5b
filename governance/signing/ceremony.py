"""The seam where electronic signatures come: until then a second person attests, with a reason.

Callers say what is attested, with which meaning, and who may not be the one (separation of duties, judged on
persons). When the signing ceremony arrives, only this file changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from governance.errors import NotAllowed
from governance.guard.context import change, check_reason
from governance.models import Attestation, Person
from governance.signing.statement import digest


def attest(
    *, meaning: str, subject: tuple[str, str], content: Any, by: Any, reason: str, not_by: Iterable[str] = ()
) -> Attestation:
    """Record that ``by`` stands behind ``content`` (JSON-able) of ``subject`` (kind, id).

    ``not_by`` are ids of actors who may not be this person: the author, co-editors.
    """
    check_attester(by=by, not_by=not_by)
    check_reason(reason)
    actor = by.as_actor()
    with change(by=by, reason=reason):
        made = Attestation(
            meaning=meaning,
            subject_kind=subject[0],
            subject_id=subject[1],
            subject_digest=digest(content),
            person=actor.frozen(),
            person_id=actor.id,
            reason=reason.strip(),
        )
        made.save()
    return made


def check_attester(*, by: Any, not_by: Iterable[str]) -> None:
    """A person, active, and another one than those who prepared what is attested."""
    if not isinstance(by, Person):
        raise NotAllowed(
            "Only a person can stand behind a decision; service accounts and the hub itself cannot.",
            field="by",
            value=str(by),
            rule="a person",
        )
    if not by.is_active:
        raise NotAllowed(f"The account of {by} is not active.", field="by", value=str(by), rule="active")
    if str(by.pk) in set(not_by):
        raise NotAllowed(
            "A second person must decide this: you prepared it yourself.",
            field="by",
            value=str(by),
            rule="another person than who prepared it",
        )
