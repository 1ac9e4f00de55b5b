"""One act is one thing to review, however many rows it wrote: its rows under one finding, none of them left out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from governance.review.finding import Finding, Listed

MOST_TOLD = 4  # sentences of one act; the list that it leads to has all rows


@dataclass(slots=True)
class Act:
    """What was found of one act so far: the worst finding, the worst of each sort, and a digest over every row."""

    worst: Finding
    sorts: dict[str, Finding] = field(default_factory=dict)
    count: int = 0
    rows: Any = field(default_factory=hashlib.sha256)

    def take(self, found: Finding, sort: str) -> None:
        self.count += 1
        self.rows.update(f"{found.key}\n".encode())
        if sort not in self.sorts or found.score > self.sorts[sort].score:
            self.sorts[sort] = found
        if found.score > self.worst.score:
            self.worst = found

    def finding(self, listed: Listed) -> Finding:
        """The one row as it was found; several as one, of which the key says which rows it was closed for.

        A row that is added later to the same act makes another key: it is open again.
        """
        if self.count == 1:
            return self.worst
        told = sorted(self.sorts.values(), key=lambda one: -one.score)[:MOST_TOLD]
        left = self.count - len(told)
        more = [f"And {left:,} more in the same act."] if left else []
        return replace(
            self.worst,
            key=f"{self.worst.key}:act:{self.rows.hexdigest()[:16]}",
            sentence=" ".join([*(one.sentence for one in told), *more]),
            count=self.count,
            listed=listed,
        )


def by_act(found: Iterable[tuple[Any, str, Finding]], listed: Callable[[Any], Listed]) -> Iterator[Finding]:
    """``found`` are (act, sort, finding) in a fixed order; None for what belongs to no act, and stays by itself.

    ``listed`` says which list shows every row of an act.
    """
    acts: dict[tuple[Any, str], Act] = {}
    for act, sort, one in found:
        if act is None:
            yield one
        else:
            acts.setdefault((act, one.actor_id), Act(one)).take(one, sort)
    for (act, _), held in acts.items():
        yield held.finding(listed(act))


def in_trail(act: Any) -> Listed:
    """The events of an act, in the audit trail."""
    return "audit", (("act", str(act)),)
