"""The graph of what is in force, and of what would be with a change's operations on top.

Every object's edges are told by its kind, which may look at other objects while it tells them. What it looked at is
noted, so that a draft asks only those again that its operations concern.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from governance.changes import effective, kinds
from governance.changes.kinds import Content, Effective, Reference
from governance.changes.operation import Operation
from governance.changes.weighing.graph import Graph, Told
from governance.models import Revision

Stamp = tuple[int, object]
_lock = threading.Lock()


class Noting(Effective):
    """Contents in memory; remembers who was looked at."""

    def __init__(self, contents: Mapping[Reference, Content]) -> None:
        self._contents = contents
        self.looked_at: set[Reference] = set()

    def content(self, kind: str, key: str) -> Content | None:
        self.looked_at.add((kind, key))
        return self._contents.get((kind, key))


@dataclass(frozen=True)
class Standing:
    """What is in force at one moment: contents, the graph, and whom each object looked at to tell its edges."""

    stamp: Stamp
    contents: Mapping[Reference, Content]
    graph: Graph
    looked_at: Mapping[Reference, frozenset[Reference]]

    def with_operations(self, operations: Sequence[Operation]) -> Graph:
        """The graph as it will be once these operations are in force."""
        changed = {(one.kind, one.key): one.content for one in operations}
        after = {**self.contents, **{key: content for key, content in changed.items() if content is not None}}
        for key, content in changed.items():
            if content is None:
                after.pop(key, None)
        concerned = [key for key in after if key in changed or not self.looked_at[key].isdisjoint(changed)]
        return self.graph.replaced({**dict.fromkeys(changed), **_tell(concerned, after)[0]})


_latest: Standing | None = None


def standing() -> Standing:
    """What is in force now. Made again only when something was released since."""
    global _latest
    stamp = _stamp()
    with _lock:
        found = _latest
    if found is None or found.stamp != stamp:
        found = _made(stamp)
        with _lock:
            _latest = found
    return found


def _stamp() -> Stamp:
    """Revisions are only ever added: their number and the newest id tell whether this is the state that we know."""
    newest = Revision.objects.order_by("-id").values_list("id", flat=True).first()
    return Revision.objects.count(), newest


def _made(stamp: Stamp) -> Standing:
    contents = {(one.kind, one.key): one.content for one in effective.in_force() if one.content}
    told, looked_at = _tell(contents, contents)
    return Standing(stamp, contents, Graph(told), looked_at)


def _tell(
    wanted: Iterable[Reference], contents: Mapping[Reference, Content]
) -> tuple[dict[Reference, Told], dict[Reference, frozenset[Reference]]]:
    told, looked_at = {}, {}
    for reference in wanted:
        around, kind = Noting(contents), kinds.get(reference[0])
        content = contents[reference]
        told[reference] = Told.of(kind.dependencies(content, around), kind.facts(content, around))
        looked_at[reference] = frozenset(around.looked_at)
    return told, looked_at
