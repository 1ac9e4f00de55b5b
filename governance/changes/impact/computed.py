"""Impact computed from the graph of what is in force, live: milliseconds, also while somebody types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from governance.changes import effective, kinds
from governance.changes.impact import fields
from governance.changes.impact.fields import Path
from governance.changes.impact.reached import Impact, Reached
from governance.changes.impact.standing import standing
from governance.changes.kinds import Content, Reference
from governance.changes.operation import Operation
from governance.changes.weighing import ground
from governance.changes.weighing.graph import Graph, Node, Told


def impact_of(references: Iterable[Reference], *, graph: Graph | None = None) -> Impact:
    """What depends on these objects, as it is in force."""
    return impact_of_nodes([Node(*one) for one in references], graph or standing().graph)


def impact_of_change(operations: Sequence[Operation]) -> Impact:
    """What depends on the objects of a change, before it or after it.

    A reference that the change takes away counts as one that it brings: both ends must know. What words alone lead
    to, such as another label, is named: nothing changes for it.
    """
    now = standing()
    graph = _both(now.graph, now.with_operations(operations))
    touched = {(one.kind, one.key) for one in operations}
    words = {(one.kind, one.key) for one in operations if _is_words(one, now.contents.get((one.kind, one.key)))}
    whole = impact_of(touched, graph=graph)
    return _with_named(whole, impact_of(touched - words, graph=graph)) if words else whole


def _is_words(operation: Operation, held: Content | None) -> bool:
    """Words beside what is in force, and beside what was decided for last."""
    kind, key, content = operation.kind, operation.key, operation.content
    if kinds.get(kind).change_kind(held, content) != "editorial":
        return False
    return ground.judged(kind, effective.revision_of(kind, key), content, {})[0] == "editorial"


def _with_named(whole: Impact, meant: Impact) -> Impact:
    """The whole, in which only what ``meant`` reaches too changes; its way there is the one of what changes.

    What ``meant`` reaches stays reached: its owner is asked, also where the change brings other words for it.
    """
    own = {one.node for one in (*meant.starts, *meant.nodes)}
    words, named = ([replace(one, is_named=True) for one in found if one.node not in own]
                    for found in (whole.starts, whole.nodes))  # fmt: skip
    return Impact((*meant.starts, *words), (*meant.nodes, *named), whole.graph_hash)


def impact_of_field(system: str, path: Path, *, document: str = "", graph: Graph | None = None) -> Impact:
    """What depends on a field of a system: in the documents that it sends, and in those that it takes.

    ``document`` (a stream, a sink or the key of an ICD) narrows it; the field's own fields, and objects that are read
    as a whole, count too.
    """
    held = graph or standing().graph
    starts = [
        node
        for node, (edge, *_) in held.fields(system).items()
        if document in ("", edge.document) and fields.overlap(path, edge.path)
    ]
    return impact_of_nodes(starts, held)


def impact_of_nodes(starts: Iterable[Node], graph: Graph) -> Impact:
    """What these nodes reach, each with one shortest path."""
    found: dict[Node, Reached] = {}
    for step in graph.reach(starts):
        before = found[step.via] if step.via else None
        facts = graph.facts((step.node.kind, step.node.key))
        found[step.node] = Reached(step.node, facts, before, step.how, step.distance)
    reached = tuple(found.values())  # the starts come first: they are nearest
    count = sum(1 for one in reached if one.before is None)
    return Impact(reached[:count], reached[count:], graph.digest)


def _both(before: Graph, after: Graph) -> Graph:
    """The edges of both, with the facts of the later one."""
    changed = {}
    for key, one in before.told.items():
        later = after.told.get(key)
        if later is not None and later is not one:
            changed[key] = Told.of((*one.edges, *later.edges), later.facts)
        elif later is None:
            changed[key] = one
    return after.replaced(changed)
