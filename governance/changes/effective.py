"""What is in force, and what will be with a change's operations on top."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from governance.changes.kinds import Content, Effective, Reference, get, noun
from governance.changes.operation import Operation
from governance.errors import Refused
from governance.models import EffectiveRevision, Revision


def revision_of(kind: str, key: str) -> Revision | None:
    """The revision in force, retired ones included."""
    found = EffectiveRevision.objects.select_related("revision").filter(kind=kind, key=key).first()
    return found.revision if found else None


def versions_of(references: Collection[Reference]) -> dict[Reference, str]:
    """Versions in force of these objects, retired ones included: one query."""
    rows = EffectiveRevision.objects.select_related("revision").filter(key__in={key for _, key in references})
    return {(one.kind, one.key): one.revision.version for one in rows if (one.kind, one.key) in references}


def is_current(operation: Operation) -> bool:
    """Whether the operation was made from what is in force."""
    held = revision_of(operation.kind, operation.key)
    return operation.base == (held.version if held else "")


def pinned(references: set[Reference]) -> dict[Reference, Revision]:
    """Everything that these objects reach through their references, with the revisions in force.

    Raises Refused where something that is referred to is not in force: a release must not leave out a pin.
    """
    found: dict[Reference, Revision] = {}
    waiting = set(references)
    while waiting:
        reference = waiting.pop()
        revision = revision_of(*reference)
        if revision is None or revision.content is None:
            kind, key = reference
            raise Refused(f"The {noun(kind)} {key!r} is not in force.", field=kind, value=key)
        found[reference] = revision
        waiting |= get(reference[0]).references(revision.content) - found.keys()
    return found


def in_force() -> list[Revision]:
    """The revisions in force of everything that is not retired, by kind and key."""
    rows = EffectiveRevision.objects.select_related("revision").order_by("kind", "key")
    return [row.revision for row in rows if row.revision.content is not None]


def referring_to(reference: Reference) -> list[Revision]:
    """Revisions in force whose content refers to this object."""
    return [one for one in in_force() if reference in get(one.kind).references(one.content or {})]


class Snapshot(Effective):
    """Everything in force, read at once, with operations on top: for rules that walk over many objects."""

    def __init__(self, operations: Mapping[Reference, Content | None]) -> None:
        held: dict[Reference, Content | None] = {(one.kind, one.key): one.content for one in in_force()}
        self._contents = held | dict(operations)

    def content(self, kind: str, key: str) -> Content | None:
        return self._contents.get((kind, key))

    def keys(self, kind: str) -> list[str]:
        """Keys of what is, or will be, in force of one kind."""
        return sorted(key for (name, key), content in self._contents.items() if name == kind and content is not None)

    def reach(self, reference: Reference) -> set[Reference]:
        """The object and all that it refers to, directly or through others; what is missing is left out."""
        found: set[Reference] = set()
        waiting = {reference}
        while waiting:
            one = waiting.pop()
            content = self.content(*one)
            if content is not None:
                found.add(one)
                waiting |= get(one[0]).references(content) - found
        return found


class WithOperations(Effective):
    """The state in force as it will be when these operations are released."""

    def __init__(self, contents: Mapping[Reference, Content | None]) -> None:
        self._contents = contents

    def content(self, kind: str, key: str) -> Content | None:
        if (kind, key) in self._contents:
            return self._contents[kind, key]
        revision = revision_of(kind, key)
        return revision.content if revision else None
