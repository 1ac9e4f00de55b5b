"""What a proposal would do, before anybody answers for it: broken rules, meaning, next version, what depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.changes import effective, kinds, versions
from governance.changes.kinds import Content, Reference
from governance.changes.operation import Operation
from governance.changes.proposing import checks, companions
from governance.changes.proposing.difference import Line, is_same
from governance.changes.weighing import ground
from governance.errors import ContentRefused, Refused
from governance.models import Revision


@dataclass(frozen=True, slots=True)
class Companion:
    """An operation that the hub brings along, with what it changes."""

    operation: Operation
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """``problems`` are sentences; the rest holds where there is none. ``version`` is what would come into force."""

    operation: Operation
    base: Revision | None
    problems: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    change_kind: str = ""
    version: str = ""
    dependents: tuple[Reference, ...] = ()
    brought: tuple[Companion, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.base is None or self.base.content is None

    @property
    def old_text(self) -> str:
        return self._text(self.base.content if self.base else None)

    @property
    def new_text(self) -> str:
        return self._text(self.operation.content)

    def _text(self, content: Content | None) -> str:
        return kinds.get(self.operation.kind).render(content) if content else ""


def assess(operation: Operation, together: Sequence[Operation] = ()) -> Assessment:
    """Run every check of ``propose`` on one operation, what it is put ``together`` with in a draft, and what goes with
    them. Writes nothing.

    Raises BaseMoved as ``propose`` would.
    """
    base = effective.revision_of(operation.kind, operation.key)
    checks.check_bases([operation], {(operation.kind, operation.key): base})
    operation, *rest = companions.bring([operation, *together])
    brought = [one for one in rest if one not in together]
    if problems := _problems(operation, rest, base):
        return Assessment(operation, base, problems)
    change_kind, lines = ground.judged(operation.kind, base, operation.content, {})
    return Assessment(
        operation,
        base,
        (),
        tuple(lines) if operation.content else (),
        change_kind,
        versions.following(base.version if base else None, change_kind),
        tuple(dependents({(operation.kind, operation.key)})),
        tuple(_companion(one) for one in brought),
    )


def _companion(operation: Operation) -> Companion:
    held = effective.revision_of(operation.kind, operation.key)
    _, lines = ground.judged(operation.kind, held, operation.content, {})
    return Companion(operation, tuple(lines) if operation.content else ())


def dependents(touched: set[Reference]) -> list[Reference]:
    """Everything in force that refers to these, directly or through others, the nearest first."""
    users = _users()
    found: dict[Reference, None] = {}
    waiting = sorted(touched)
    while waiting:
        for user in users.get(waiting.pop(0), ()):
            if user not in found and user not in touched:
                found[user] = None
                waiting.append(user)
    return list(found)


def merged(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[Content, list[str]]:
    """My changes on top of theirs, field by field; and the names of fields that both of us changed differently."""
    names = dict.fromkeys([*theirs, *mine])
    touched = {name for name in names if _differ(mine, base, name)}
    both = [name for name in names if name in touched and _differ(theirs, base, name) and _differ(mine, theirs, name)]
    chosen = {name: mine if name in touched else theirs for name in names}
    return {name: side[name] for name, side in chosen.items() if name in side}, both


def _differ(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    return not is_same(*({name: side[name]} if name in side else {} for side in (one, other)))


def _problems(operation: Operation, brought: Sequence[Operation], base: Revision | None) -> tuple[str, ...]:
    try:
        if is_same(base.content if base else None, operation.content):
            checks.check_something_changes([])
        checks.check_contents([operation, *brought])
    except ContentRefused as refused:
        start = f"{operation.kind} {operation.key}: "
        return tuple(problem.removeprefix(start) for problem in refused.problems)
    except Refused as refused:
        return (refused.sentence,)
    return ()


def _users() -> dict[Reference, list[Reference]]:
    """Who refers to what, of everything in force: one query."""
    found: dict[Reference, list[Reference]] = {}
    for row in effective.in_force():
        for reference in kinds.get(row.kind).references(row.content or {}):
            found.setdefault(reference, []).append((row.kind, row.key))
    return found
