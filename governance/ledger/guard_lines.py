"""What a checkpoint says of the guards: how they were after the last line that it covers.

A backlog is sealed in portions. The line that explains a change may stand far behind the portion that is sealed now:
until it is sealed, too, checkpoints say what that line says was before it, and the change appears with its line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from governance.ledger.head import Head
from governance.ledger.unsealed import waiting
from governance.ledger.verify import unexplained

GUARD, CHANGED = "guard", "guard_changed"


class Told(NamedTuple):
    """``state``: after the lines that are sealed now. ``unsaid``: changes (before, after) that no line tells of."""

    state: str
    unsaid: list[tuple[str, str]]


def told(now: Head, lines: Sequence[Mapping[str, Any]], guards: str) -> Told:
    """``guards`` is how they are, read after ``lines``, which are sealed next."""
    if guards == now.guards and not _of(lines, GUARD):
        return Told(guards, [])
    behind = waiting(now.cursor.after(lines), (GUARD, CHANGED))
    ahead = [content.get("before") for content in _of(behind, GUARD)]
    state = ahead[0] if ahead and ahead[0] else guards
    if not now.guards:  # the first checkpoint: nothing was said before it
        return Told(state, [])
    said = {content.get("after") for content in [*_of(lines, CHANGED), *_of(behind, CHANGED)]}
    changes = unexplained(now.guards, _of(lines, GUARD), state)
    return Told(state, [one for one in changes if one[1] not in said])


def _of(lines: Sequence[Mapping[str, Any]], kind: str) -> list[dict[str, Any]]:
    contents = [line["content"] for line in lines if line["kind"] == kind]
    return [json.loads(one) if isinstance(one, str) else one for one in contents]
