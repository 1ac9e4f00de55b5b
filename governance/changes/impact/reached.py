"""Impact: what is reached, why, who answers for it. Frozen, and kept as JSON in evidence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from governance.changes.weighing.graph import CRITICALITIES, Facts, Node

Reference = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reached:
    """One node. ``before`` is the one before it on a shortest path, None for a start; ``how`` is the verb between.

    ``is_named`` says that only words lead to it, such as the label of a system: nothing changes for it.
    """

    node: Node
    facts: Facts
    before: Reached | None = None
    how: str = ""
    distance: int = 0
    is_named: bool = False

    @property
    def steps(self) -> tuple[Reached, ...]:
        """The path from a start to this node, both included."""
        found: list[Reached] = []
        at: Reached | None = self
        while at is not None:
            found.append(at)
            at = at.before
        return tuple(reversed(found))

    @property
    def path(self) -> tuple[Node, ...]:
        """The nodes of the path."""
        return tuple(one.node for one in self.steps)

    @property
    def is_critical(self) -> bool:
        """Whether its owner must say something about it: high or critical, or subject to medicines law."""
        return self.facts.criticality in ("high", "critical") or self.facts.is_gxp


@dataclass(frozen=True, slots=True)
class Object:
    """A controlled object that is reached, with every part of it that is; ``nearest`` tells the shortest reason."""

    reference: Reference
    facts: Facts
    nearest: Reached
    parts: tuple[Reached, ...]

    @property
    def distance(self) -> int:
        return self.nearest.distance

    @property
    def is_critical(self) -> bool:
        return self.nearest.is_critical

    @property
    def is_named(self) -> bool:
        """Whether nothing changes for it: only words lead to each of its parts."""
        return all(one.is_named for one in self.parts)


@dataclass(frozen=True)
class Impact:
    """``starts`` are what changes, ``nodes`` what depends on it, the nearest first; ``graph_hash`` names the graph.

    ``hidden`` counts the objects that were left out for a reader who may not see them.
    """

    starts: tuple[Reached, ...]
    nodes: tuple[Reached, ...]
    graph_hash: str
    hidden: int = 0

    @property
    def highest_criticality(self) -> str:
        """The highest of what changes and what depends on it; "" where nobody said."""
        return highest(one.facts.criticality for one in (*self.starts, *self.nodes))

    @property
    def is_gxp(self) -> bool:
        return any(one.facts.is_gxp for one in (*self.starts, *self.nodes))

    @property
    def owners(self) -> tuple[str, ...]:
        """Everybody who answers for something that is reached, by name."""
        return tuple(sorted({one.facts.owner for one in self.nodes} - {""}))

    @property
    def objects(self) -> tuple[Object, ...]:
        """The nodes by controlled object, the nearest first."""
        parts: dict[Reference, list[Reached]] = {}
        for one in self.nodes:
            parts.setdefault(one.node.reference, []).append(one)
        return tuple(Object(key, held[0].facts, held[0], tuple(held)) for key, held in parts.items())

    @property
    def critical(self) -> tuple[Object, ...]:
        """Those objects of which the owner must say something: for what is named alone, nothing changes."""
        return tuple(one for one in self.objects if one.is_critical and not one.is_named)

    def grew_beyond(self, older: Impact) -> tuple[Object, ...]:
        """The objects that ``older`` did not reach, or not as critical: what nobody has judged yet.

        Parts are left out: a rule that moved from place 2 to place 3 is no growth. What was named alone, and changes
        by now, is one.
        """
        known = {one.reference: one for one in (*older.objects, *_objects(older.starts))}
        return tuple(one for one in self.objects if _is_more(one, known.get(one.reference)))

    def content(self) -> dict[str, Any]:
        """JSON-able: what evidence keeps."""
        return {
            "graph_hash": self.graph_hash,
            "starts": [_kept(one) for one in self.starts],
            "nodes": [_kept(one) for one in self.nodes],
            "owners": list(self.owners),
            "highest_criticality": self.highest_criticality,
            "gxp": self.is_gxp,
        }

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Impact:
        """What ``content()`` made."""
        found: dict[Node, Reached] = {}
        for kept in (*content["starts"], *content["nodes"]):
            one = _read(kept, found)
            found[one.node] = one
        held, count = tuple(found.values()), len(content["starts"])
        return cls(held[:count], held[count:], content["graph_hash"])


def highest(criticalities: Iterable[str]) -> str:
    """The highest of these words; "" for none."""
    return max(criticalities, key=_rank, default="")


def _rank(criticality: str) -> int:
    return CRITICALITIES.index(criticality) if criticality in CRITICALITIES else len(CRITICALITIES)


def _objects(nodes: Sequence[Reached]) -> list[Object]:
    return [Object(one.node.reference, one.facts, one, (one,)) for one in nodes]


def _is_more(one: Object, known: Object | None) -> bool:
    if known is None or (known.is_named and not one.is_named):
        return True
    now, before = one.facts, known.facts
    return _rank(now.criticality) > _rank(before.criticality) or (now.is_gxp and not before.is_gxp)


def _kept(one: Reached) -> dict[str, Any]:
    """A node with the one before it on its path; the whole path follows from these."""
    named = {"named": True} if one.is_named else {}
    return {
        **named,
        "node": list(_flat(one.node)),
        "via": list(_flat(one.before.node)) if one.before else None,
        "how": one.how,
        "label": one.facts.label,
        "owner": one.facts.owner,
        "criticality": one.facts.criticality,
        "gxp": one.facts.is_gxp,
    }


def _flat(node: Node) -> tuple[str, ...]:
    return (node.kind, node.key, node.part, *node.within)


def _node(flat: Sequence[str]) -> Node:
    kind, key, part, *within = flat
    return Node(kind, key, part, tuple(within))


def _read(kept: dict[str, Any], found: dict[Node, Reached]) -> Reached:
    node, facts = _node(kept["node"]), Facts(kept["label"], kept["owner"], kept["criticality"], kept["gxp"])
    is_named = kept.get("named", False)
    if kept["via"] is None:
        return Reached(node, facts, is_named=is_named)
    before = found[_node(kept["via"])]
    return Reached(node, facts, before, kept["how"], before.distance + 1, is_named)
