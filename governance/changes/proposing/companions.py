"""Operations that travel with others: what the hub itself keeps true beside what an author changes.

An author changes an interface; the document that describes it says so in the same change. Doors for persons bring
companions along and show them. Who proposes without them is told which document would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from governance.changes.operation import Operation

HIDDEN = (
    "What you change is described by a document that you may not see, which would be wrong: ask somebody who may "
    "see it to propose both together."
)
Bring = Callable[[Sequence[Operation]], list[Operation]]

_bringers: list[Bring] = []


def add(bring: Bring) -> None:
    """Add a function that completes operations; one that is there already is not added twice."""
    if bring not in _bringers:
        _bringers.append(bring)


def bring(operations: Sequence[Operation]) -> list[Operation]:
    """The operations, completed, in their order, and behind them those that go with them."""
    found = list(operations)
    for one in _bringers:
        found = one(found)
    return found
