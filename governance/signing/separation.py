"""Separation of duties: judged on human beings, and on who really had a hand in what is signed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from governance.errors import NotAllowed
from governance.models import Person

HAND = "A second person must sign this: you had a hand in it yourself."
OTHER_ACCOUNT = "A second person must sign this: another account of yours had a hand in it."
DECIDE = "A second person must decide this: you prepared it yourself."
DECIDE_OTHER = "A second person must decide this: another account of yours prepared it."
ANOTHER = "another person than who prepared it"
TWICE = "You have signed this already; the next signature must be somebody else's."


def marks(accounts: Iterable[str]) -> set[str]:
    """What tells human beings apart: two accounts of one share a mark (declared, or the same mail address)."""
    return set().union(*marks_of_each(accounts).values())


def marks_of_each(accounts: Iterable[str]) -> dict[str, set[str]]:
    """Account → its marks today; an account that is no person's is only itself."""
    found = {str(one): {str(one)} for one in accounts}
    for person in Person.objects.filter(pk__in=[one for one in found if _is_id(one)]):
        found[str(person.pk)] |= marks_of(person)
    return found


def marks_of(person: Person) -> set[str]:
    mail = person.email.strip().casefold()
    return {str(person.pk), person.human} | ({f"mail:{mail}"} if mail else set())


def is_one_of(by: Any, accounts: Iterable[str]) -> bool:
    """Whether one of these accounts belongs to the same human being; a system is only itself."""
    own = marks_of(by) if isinstance(by, Person) else {str(by.pk)}
    return bool(own & marks(accounts))


def hands_of(rows: Iterable[Any]) -> set[str]:
    """Ids of everybody who ever wrote one of these governed rows, from their history."""
    found: set[str] = set()
    for row in rows:
        found |= set(row.history.values_list("act_actor_id", flat=True))
    return found


def check_another(by: Person, hands: Collection[str], own: str = DECIDE, other: str = DECIDE_OTHER) -> None:
    """Raises NotAllowed where one of these accounts belongs to ``by``: the sentence ``own``, or ``other``."""
    if str(by.pk) in hands:
        raise NotAllowed(own, field="by", value=str(by), rule=ANOTHER)
    if is_one_of(by, hands):
        raise NotAllowed(other, field="by", value=str(by), rule=ANOTHER)


def check_separate(by: Person, hands: Collection[str], signed: Iterable[tuple[str, str]]) -> None:
    """Raises NotAllowed where ``by`` had a hand in it or signed it already; ``signed`` are (account, human) ids."""
    check_another(by, hands, HAND, OTHER_ACCOUNT)
    own = marks_of(by)
    before = {one for pair in signed for one in pair}
    if own & (before | marks(before)):
        raise NotAllowed(TWICE, field="by", value=str(by), rule="each signature by another person")


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4
