"""The dependency graph: what depends on what, down to fields and rules, and everything that a start reaches. Pure.

A node is a controlled object, or a part of one. An edge leads from what is used to its user, with the verb between
them. Kinds tell the edges; this module only follows them.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

Reference = tuple[str, str]  # (kind, key)
CRITICALITIES = ("", "low", "medium", "high", "critical")  # rising; "" where nobody said


class Node(NamedTuple):
    """An object (kind, key) or a ``part`` of it. ``within`` is the object in whose context the part is meant.

    A mapping's rule that runs in two interfaces is two nodes: what reaches one of them does not reach the other.
    """

    kind: str
    key: str
    part: str = ""
    within: tuple[str, ...] = ()  # () or (kind, key)

    @property
    def reference(self) -> Reference:
        return self.kind, self.key

    @property
    def text(self) -> str:
        """How the node is written in evidence: ``mapping:lims-result#rule 2 (lot)@interface:IF-001``."""
        part = f"#{self.part}" if self.part else ""
        return f"{self.kind}:{self.key}{part}" + (f"@{':'.join(self.within)}" if self.within else "")


class Edge(NamedTuple):
    """``user`` depends on ``used``; ``how`` is the verb between them ("is read by").

    Where ``used`` is a field of a system, ``document`` and ``path`` say which one; "[*]" stands for a list's items.
    """

    used: Node
    user: Node
    how: str
    document: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of an object: who answers for it, and how much hangs on it."""

    label: str = ""
    owner: str = ""
    criticality: str = ""
    is_gxp: bool = False


NOTHING_KNOWN = Facts()


@dataclass(frozen=True, slots=True)
class Step:
    """A node that is reached: over ``via`` (None for a start), ``distance`` edges away from the nearest start."""

    node: Node
    distance: int
    via: Node | None
    how: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one object says of its dependencies, its edges sorted, with their digest."""

    edges: tuple[Edge, ...]
    facts: Facts
    digest: str

    @classmethod
    def of(cls, edges: Iterable[Edge], facts: Facts) -> Told:
        found = tuple(sorted(set(edges)))
        lines = "\n".join(f"{one.used.text} | {one.how} | {one.user.text}" for one in found)
        return cls(found, facts, hashlib.sha256(lines.encode()).hexdigest())


class Graph:
    """All that the objects told, ready to be followed. Immutable; a draft's graph shares what it does not change."""

    def __init__(self, told: Mapping[Reference, Told]) -> None:
        self.told: Mapping[Reference, Told] = dict(told)
        self._users: dict[Node, list[tuple[Node, str]]] = {}
        for one in self.told.values():
            for edge in one.edges:
                self._users.setdefault(edge.used, []).append((edge.user, edge.how))
        for users in self._users.values():
            users.sort()

    @cached_property
    def digest(self) -> str:
        """``sha256:hex`` over the sorted edges of every object, objects in their order."""
        lines = (f"{kind}:{key} {self.told[kind, key].digest}" for kind, key in sorted(self.told))
        return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def replaced(self, changed: Mapping[Reference, Told | None]) -> Graph:
        """The graph in which these objects tell something else, or nothing any more (None)."""
        made = object.__new__(Graph)
        made.told = {key: one for key, one in {**self.told, **changed}.items() if one is not None}
        made._users = dict(self._users)
        edges = [(self.told[key].edges if key in self.told else (), one.edges if one else ())
                 for key, one in changed.items()]  # fmt: skip
        for node in {edge.used for old, new in edges for edge in (*old, *new)}:
            made._users[node] = list(made._users.get(node, ()))
        for old, new in edges:
            for edge in old:
                made._users[edge.used].remove((edge.user, edge.how))
            for edge in new:
                made._users[edge.used].append((edge.user, edge.how))
                made._users[edge.used].sort()
        return made

    def users(self, node: Node) -> Sequence[tuple[Node, str]]:
        """What depends on this node directly."""
        return self._users.get(node, ())

    def facts(self, reference: Reference) -> Facts:
        found = self.told.get(reference)
        return found.facts if found else NOTHING_KNOWN

    def fields(self, system: str) -> Mapping[Node, Sequence[Edge]]:
        """The fields of a system that anything depends on, each with its edges: they tell document and path."""
        return self._fields.get(system, {})

    @cached_property
    def _fields(self) -> dict[str, dict[Node, list[Edge]]]:
        found: dict[str, dict[Node, list[Edge]]] = {}
        for one in self.told.values():
            for edge in one.edges:
                if edge.document:
                    found.setdefault(edge.used.key, {}).setdefault(edge.used, []).append(edge)
        return found

    def reach(self, starts: Iterable[Node]) -> list[Step]:
        """Everything that depends on the starts, directly or through others, the nearest first; starts included.

        Breadth first, so that ``via`` leads back over one of the shortest paths.
        """
        steps = {node: Step(node, 0, None, "") for node in sorted(set(starts))}
        waiting = deque(steps.values())
        while waiting:
            step = waiting.popleft()
            for user, how in self._users.get(step.node, ()):
                if user not in steps:
                    steps[user] = Step(user, step.distance + 1, step.node, how)
                    waiting.append(steps[user])
        return list(steps.values())
