"""Who is left to sign: of each signature that a change request still waits for, whether anybody could give it.

Nothing is refused here. A change that nobody can sign any more says so, while somebody can still be given the right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from governance.changes import transitions
from governance.changes.choosing import policies
from governance.changes.deciding import rounds, seats, standings
from governance.changes.proposing.submission import risk_now
from governance.changes.told import stage_words
from governance.changes.visibility import DECIDE, wholly_visible
from governance.changes.weighing import reach
from governance.models import ChangeRequest, Person, SigningSuspension
from governance.models.change_request import ChangeState
from governance.signing import separation
from governance.signing.policy import Step

RIGHTS = {
    "governance.review_changerequest": "the right to review changes",
    "governance.approve_changerequest": "the right to approve changes",
    "governance.release_changerequest": "the right to release changes",
}
EMERGENCY_STEP = Step(meaning="released", label="Release", quorum=2)
NOW, LATER = "Nobody who may sign “{}” is left", "Nobody who may sign “{}” would be left to decide in retrospect"


@dataclass(frozen=True, slots=True)
class Seat:
    """One signature to be given: who has its right, and who of them has had no hand in it and not signed yet."""

    step: Step
    holders: Collection[Person]
    free: Collection[Person]
    is_later: bool = False  # after the release of an emergency


def nobody_left(request: ChangeRequest) -> list[str]:
    """A sentence for each signature of what is signed next that nobody could give; empty where all is well."""
    if request.is_emergency and request.state in transitions.BEFORE_RELEASE:
        return _told(request, _of_emergency(request))
    return [one for subject in _subjects(request) for one in _told(request, list(_of_subject(request, subject)))]


def nobody_left_after(request: ChangeRequest, by: Any) -> list[str]:
    """The same once ``by`` has signed the release of an emergency, for the page on which they sign it."""
    if not request.is_emergency or not isinstance(by, Person):
        return []
    return _told(request, _of_emergency(request, by))


def nobody_left_in_emergency(request: ChangeRequest) -> list[str]:
    """What would be so if this draft were declared an emergency; nothing where it is none that could be."""
    return _told(request, _of_emergency(request)) if request.is_open_draft else []


def _of_emergency(request: ChangeRequest, *more: Person) -> list[Seat]:
    """The two who release it, and all who decide in retrospect: each of them is another person."""
    gone = rounds.releasers(request) | {str(one.pk) for one in more}
    left = max(EMERGENCY_STEP.quorum - len(gone), 0) if request.ordered_at is None else 0
    found = _of_step(request, EMERGENCY_STEP, left, standings.hands_of(request, standings.RELEASE) | gone)
    hands = standings.hands_of(request, standings.PROPOSAL) | gone
    for step in _asked_in_retrospect(request):
        found += _of_step(request, step, step.quorum, hands, is_later=True)
    return found


def _subjects(request: ChangeRequest) -> Iterator[str]:
    """What is signed next of a request that is no emergency before its release."""
    if request.submitted_at is None:
        return
    if stage_words.is_unapproved(request):
        yield standings.PROPOSAL
    path = transitions.PATHS[request.path]
    if request.state in transitions.BEFORE_RELEASE and request.state in path:
        is_decided = ChangeState.APPROVED not in path or path.index(request.state) >= path.index(ChangeState.APPROVED)
        yield standings.RELEASE if is_decided else standings.PROPOSAL
    elif request.state in stage_words.IN_FORCE and request.path not in (transitions.AT_ONCE, transitions.SHORT):
        yield standings.CLOSING


def _of_subject(request: ChangeRequest, subject: str) -> Iterator[Seat]:
    now = standings.standing(request, subject)
    if now.step is None or (subject == standings.RELEASE and request.ordered_at is not None):
        return
    hands = standings.hands_of(request, subject) | {one.person_id for one in now.live}
    for number, step in enumerate(standings.policy_of(request, subject).steps):
        yield from _of_step(request, step, max(step.quorum - now.count_of(number), 0), hands)


def _asked_in_retrospect(request: ChangeRequest) -> Sequence[Step]:
    """The steps that are pinned, or those that its policies would ask for if it were submitted now."""
    asked = policies.asked_of(request)["steps"]
    if request.submitted_at is None:
        needed = policies.required(request.operations.all(), risk_now(request, reach.now(request)))
        asked = needed["steps"] if needed else []
    return [Step(**one) for one in asked]


def _of_step(
    request: ChangeRequest, step: Step, count: int, hands: Collection[str], *, is_later: bool = False
) -> list[Seat]:
    if not count:
        return []
    gone = separation.marks(hands)
    holders = list(_holders(request, step))
    free = [one for one in holders if not separation.marks_of(one) & gone]
    return [Seat(step, holders, free, is_later)] * count


def _holders(request: ChangeRequest, step: Step) -> QuerySet[Person]:
    """Active persons, with a password of their own and not suspended, with right and role of the step."""
    suspended = SigningSuspension.objects.filter(confirmed_at=None).values("person")
    rows = Person.objects.filter(is_active=True, must_change_password=False).exclude(pk__in=suspended)
    if step.meaning == EMERGENCY_STEP.meaning:
        rows = _releasing(request, rows)
    if step.right:
        rows = rows.filter(pk__in=_with_right(step.right))
    if step.role:
        rows = rows.filter(groups__name=step.role)
    return rows.order_by("full_name", "username").distinct()


def _releasing(request: ChangeRequest, rows: QuerySet[Person]) -> QuerySet[Person]:
    """What a release asks for beside its step: a right to decide in an emergency, what policies ask of one."""
    if request.is_emergency or request.is_open_draft:
        deciding = [_with_right(f"governance.{right}") for right in DECIDE]
        rows = rows.filter(Q(pk__in=deciding[0]) | Q(pk__in=deciding[1]) | Q(pk__in=deciding[2]))
    for asked in policies.asked_of(request)["release"]:
        rows = rows.filter(groups__name=asked["role"]) if asked["role"] else rows
        rows = rows.filter(pk__in=_with_right(asked["right"])) if asked["right"] else rows
    return rows


def _with_right(right: str) -> QuerySet[Any]:
    """Who has this right everywhere: by a role, in person, or as a superuser."""
    app, _, codename = right.partition(".")
    by_role = Q(groups__permissions__content_type__app_label=app, groups__permissions__codename=codename)
    own = Q(user_permissions__content_type__app_label=app, user_permissions__codename=codename)
    return Person.objects.filter(by_role | own | Q(is_superuser=True)).values("pk")


def _told(request: ChangeRequest, wanted: Sequence[Seat]) -> list[str]:
    humans = _humans({person for seat in wanted for person in seat.free})
    places = [_takers(request, seat, humans, len(wanted)) for seat in wanted]
    return list(dict.fromkeys(_sentence(wanted[number]) for number in seats.unfilled(places)))


def _takers(request: ChangeRequest, seat: Seat, humans: dict[Any, str], enough: int) -> set[str]:
    """Human beings who may take the seat and see all of the change. Not more than there are seats: so many suffice."""
    found: set[str] = set()
    for person in seat.free:
        if len(found) < enough and wholly_visible(person).filter(pk=request.pk).exists():
            found.add(humans[person.pk])
    return found


def _humans(persons: Collection[Person]) -> dict[Any, str]:
    """Account → one mark of the human being: two accounts of one share it."""
    found: dict[Any, str] = {}
    for person in sorted(persons, key=lambda one: str(one.pk)):
        known = {held for other in persons if (held := found.get(other.pk)) and _is_same(person, other)}
        found[person.pk] = min(known, default=str(person.pk))
    return found


def _is_same(one: Person, other: Person) -> bool:
    return bool(separation.marks_of(one) & separation.marks_of(other))


def _sentence(seat: Seat) -> str:
    start = (LATER if seat.is_later else NOW).format(seat.step.label or seat.step.meaning)
    return f"{start}: {_why(seat)}. Somebody else must be given {_asked(seat.step)}."


def _why(seat: Seat) -> str:
    gone = [str(one) for one in seat.holders if one not in seat.free]
    if not seat.holders:
        return f"nobody who could sign has {_asked(seat.step)}"
    if seat.free:
        return "each signature is another person's, and there are too few who may see and sign all of it"
    named = gone[0] if len(gone) == 1 else f"{', '.join(gone[:-1])} and {gone[-1]}"
    return f"{named} had a hand in it or signed it before"


def _asked(step: Step) -> str:
    if step.role:
        return f"the role “{step.role}”"
    if not step.right:
        return "a right to decide on changes"
    return RIGHTS.get(step.right, f"the right “{step.right}”")
