"""The queue: what the rules find in a period and no signed review has closed; and how much of it was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from uuid import UUID

from governance.errors import Refused
from governance.models import AuditEvent, AuditReview, Signature
from governance.review import events, one_person, rows, rules  # noqa: F401 - they register their rules
from governance.review.finding import Finding
from governance.signing.validity import verdict_of

KIND = "review"
MOST = 20_000  # findings of one page: two seconds


@dataclass(frozen=True, slots=True)
class Coverage:
    """``closed`` of ``found`` findings in a period of ``events`` events; ``reviewers`` are (name, findings closed)."""

    events: int
    found: int
    closed: int
    reviewers: tuple[tuple[str, int], ...]

    @property
    def percent(self) -> int:
        """Of the findings, rounded down: 100 only where nothing is left. A period without findings is covered."""
        return 100 * self.closed // self.found if self.found else 100


def findings(since: datetime, until: datetime, *, most: int | None = None) -> list[Finding]:
    """Everything that the rules find, the highest score first, then the oldest. Refuses more than ``most``.

    Nothing is left out to stay below it: a period that hides findings would seem reviewed.
    """
    found = list(islice(chain.from_iterable(rule.find(since, until) for rule in rules.each()), most and most + 1))
    if most is not None and len(found) > most:
        raise Refused(
            f"More than {most:,} acts of this period stand out. Choose a shorter one; each is reviewed by itself.",
            field="since",
            value=since.isoformat(),
            rule=f"at most {most:,} findings",
        )
    return sorted(found, key=lambda one: (-one.score, one.at, one.key))


def open_findings(since: datetime, until: datetime) -> list[Finding]:
    """Those that nobody has closed with a signature."""
    closed = closed_by(since)
    return [one for one in findings(since, until) if one.key not in closed]


def closed_by(since: datetime) -> dict[str, str]:
    """Key of each finding that a signed review closed → the reviewer's name."""
    written = list(AuditReview.objects.filter(until__gt=since).order_by("id"))
    closing = signed(written)
    return {item["key"]: row.reviewer["name"] for row in written if row.id in closing for item in row.items}


def is_closed(review: AuditReview) -> bool:
    return review.id in signed([review])


def coverage(since: datetime, until: datetime, found: Iterable[Finding]) -> Coverage:
    """How many events there were, how many stand out, and who has looked at how many of these."""
    closed, keys = closed_by(since), [one.key for one in found]
    reviewers = Counter(closed[key] for key in keys if key in closed)
    return Coverage(events_of(since, until), len(keys), sum(reviewers.values()), tuple(reviewers.most_common()))


def events_of(since: datetime, until: datetime) -> int:
    return AuditEvent.objects.filter(recorded_at__gte=since, recorded_at__lt=until).count()


def signed(reviews: Iterable[AuditReview]) -> set[UUID]:
    """Ids of those with a signature that is valid now: one that was withdrawn, altered or forged closes nothing."""
    made = Signature.objects.filter(subject_kind=KIND, subject_id__in=[str(one.id) for one in reviews])
    return {UUID(one.subject_id) for one in made if verdict_of(one).is_valid}
