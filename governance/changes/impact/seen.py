"""An impact as one reader may see it: what they may not know of is left out, counted, and unnamed in every path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from governance.changes import kinds
from governance.changes.impact.reached import Impact, Object, Reached
from governance.changes.kinds import Reference
from governance.changes.weighing.graph import Node

Visible = Callable[[Any, str], QuerySet]  # (user, kind) → projections that the user may know of
UNNAMED = "something that you may not see"


@dataclass(frozen=True, slots=True)
class Seen:
    """An impact without what is not for its reader. ``references`` are the objects that they may know of."""

    impact: Impact
    references: frozenset[Reference]

    def words(self, one: Reached) -> list[str]:
        """The reason, step by step: "$.lot of ICD-0001 of the system lims", "is read by rule 2 (lot) of …"."""
        return [f"{step.how} {self.name(step.node)}".strip() for step in one.steps]

    def name(self, node: Node) -> str:
        return named(node) if self.may_see(node) else UNNAMED

    def may_see(self, node: Node) -> bool:
        """Whether the reader may know of the object, and of that in whose context the part is meant."""
        return _references(node) <= self.references


def seen(user: Any, impact: Impact, visible: Visible) -> Seen:
    """The impact for this reader: one query a kind."""
    return seen_all(user, [impact], visible)[0]


def seen_all(user: Any, impacts: Sequence[Impact], visible: Visible) -> list[Seen]:
    """Several impacts for one reader, for the same few queries."""
    nodes = {one.node for impact in impacts for one in (*impact.starts, *impact.nodes)}
    known = frozenset(_visible(user, {found for one in nodes for found in _references(one)}, visible))
    return [Seen(_left(impact, known), known) for impact in impacts]


def _left(impact: Impact, known: frozenset[Reference]) -> Impact:
    kept = [one for one in impact.nodes if _references(one.node) <= known]
    starts = [one for one in impact.starts if _references(one.node) <= known]
    hidden = {one.node.reference for one in impact.nodes} - {one.node.reference for one in kept}
    return replace(impact, starts=tuple(starts), nodes=tuple(kept), hidden=len(hidden))


def may_see_nodes(user: Any, nodes: Iterable[Node], visible: Visible) -> set[Node]:
    """Those of the nodes that the user may know of."""
    wanted = set(nodes)
    known = _visible(user, {found for one in wanted for found in _references(one)}, visible)
    return {one for one in wanted if _references(one) <= known}


def named(node: Node) -> str:
    """A node in words: "rule 2 (lot) of the mapping mes-result, in IF-003"."""
    words = f"the {kinds.noun(node.kind)} {node.key}"
    part = f"{node.part} of {words}" if node.part else words
    return f"{part}, in {node.within[1]}" if node.within else part


def parts_of(one: Object) -> list[str]:
    """The parts of an object that are reached, each once, without what its context is."""
    return list(dict.fromkeys(part.node.part for part in one.parts if part.node.part))


def contexts_of(one: Object) -> list[str]:
    """Keys of the objects in whose context parts of it are reached."""
    return list(dict.fromkeys(part.node.within[1] for part in one.parts if part.node.within))


def _references(node: Node) -> frozenset[Reference]:
    own = {node.reference}
    return frozenset(own | {(node.within[0], node.within[1])} if node.within else own)


def _visible(user: Any, every: Iterable[Reference], visible: Visible) -> set[Reference]:
    keys: dict[str, set[str]] = {}
    for kind, key in every:
        keys.setdefault(kind, set()).add(key)
    return {(kind, key) for kind, wanted in keys.items() for key in _in_portions(visible(user, kind), sorted(wanted))}


def _in_portions(rows: QuerySet, keys: list[str], size: int = 500) -> set[str]:
    """SQLite takes a limited number of values a statement."""
    return {
        key
        for at in range(0, len(keys), size)
        for key in rows.filter(key__in=keys[at : at + size]).values_list("key", flat=True)
    }
