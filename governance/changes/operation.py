"""What a change consists of: operations on controlled objects."""

from __future__ import annotations

from dataclasses import dataclass

from governance.changes.kinds import Content

CURRENT = "current"  # base: whatever is in force now


@dataclass(frozen=True, slots=True)
class Operation:
    """New content of one object; ``None`` retires it. ``base`` is the version that the author saw.

    ``CURRENT`` means "whatever is in force", for imports that compare first; "" means "it does not exist yet".
    """

    kind: str
    key: str
    content: Content | None
    base: str = CURRENT
