"""What is in force by signatures of two persons who turned out to be one: it stays, and somebody has to look at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from governance.changes.deciding import standings, uncounted
from governance.models import ChangeRequest, Person, Signature
from governance.review.finding import Finding
from governance.review.rules import rule
from governance.signing import separation

SCORE = 90


@rule(
    "one_person",
    "Signed by one person",
    "Who signed a change that came into force turned out to be who had a hand in it, or who signed it before.",
)
def one_person(since: datetime, until: datetime) -> Iterator[Finding]:
    """Found where accounts last came to share a human being or a mail address: each change and signing once."""
    rows = Person.history.filter(history_date__gte=since, history_date__lt=until)
    marks = {str(one.pk): separation.marks_of(one) for one in Person.objects.all()}
    for row in rows.order_by("history_date", "history_id"):
        accounts = _sharing(marks, str(row.id))
        if len(accounts) > 1 and row.history_id == _last_news_of(accounts):
            yield from _found(row, accounts)


def _sharing(marks: Mapping[str, set[str]], account: str) -> set[str]:
    """All accounts that share a mark with this one today."""
    own = marks.get(account, set())
    return {one for one, held in marks.items() if held & own}


def _last_news_of(accounts: set[str]) -> Any:
    """Id of the newest version of any of them that says something else of whose account it is than the one before."""
    held: dict[Any, tuple[Any, str]] = {}
    last = None
    for row in Person.history.filter(id__in=accounts).order_by("history_date", "history_id"):
        if held.get(row.id) != (row.human_id, row.email):
            held[row.id], last = (row.human_id, row.email), row.history_id
    return last


def _found(row: Any, accounts: set[str]) -> Iterator[Finding]:
    signed = Signature.objects.filter(person_id__in=accounts, subject_kind__in=standings.CONTENT)
    about = sorted(set(signed.values_list("subject_id", "subject_kind")))
    requests = ChangeRequest.objects.filter(released_at__isnull=False).in_bulk(
        {number for number, _ in about}, field_name="number"
    )
    for number, subject in about:
        now = standings.standing(requests[number], subject) if number in requests else None
        if now and not now.is_complete and {one.person_id for one in now.uncounted} & accounts:
            yield _finding(row, number, subject, uncounted.names(now), now.uncounted[0].person_id)


def _finding(row: Any, number: str, subject: str, names: str, signer: str) -> Finding:
    return Finding(
        key=f"one_person:{row.history_id}:{number}:{subject}",
        rule="one_person",
        score=SCORE,
        sentence=f"{number} came into force, and not each of its signatures is another person's: by what is known of "
        f"accounts today, {names} had a hand in it or signed it before, with another account.",
        at=row.history_date,
        actor_id=signer,
        actor=names,
        record=("change", number),
    )
