"""Which fields of a system anything here depends on, and what is held of the documents that they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance.changes import kinds
from governance.changes.descriptions import shapes
from governance.changes.descriptions.shapes import Path, Shape
from governance.changes.impact import fields
from governance.changes.impact.seen import Visible, may_see_nodes
from governance.changes.impact.standing import Noting, standing
from governance.errors import Refused


@dataclass(frozen=True, slots=True)
class KnownField:
    """A field as a page offers it: where it stands, and how many rules and keys use it directly."""

    path: Path
    document: str
    count: int

    @property
    def text(self) -> str:
        return fields.written(self.path)


def known_fields(user: Any, system: str, visible: Visible) -> list[KnownField]:
    """The fields of a system of which the user may see at least one use, by document and path."""
    held = standing().graph.fields(system)
    seen = may_see_nodes(user, [edge.user for edges in held.values() for edge in edges], visible)
    found = []
    for edges in held.values():
        uses = {edge.user for edge in edges} & seen
        if uses:
            found.append(KnownField(edges[0].path, edges[0].document, len(uses)))
    return sorted(found, key=lambda one: (one.document, one.path))


def held_shapes(user: Any, system: str, document: str, visible: Visible) -> dict[Path, Shape]:
    """What is held of a document: the agreement's own schema, and every field that a rule names, where the user may
    see the interface that says so or a use of the field.

    A field of which only a rule knows has no type: nobody said.
    """
    now = standing()
    found = {one.path: Shape() for one in known_fields(user, system, visible) if one.document == document}
    for (name, key), content in now.contents.items():
        for one in kinds.get(name).descriptions(content, Noting(now.contents)):
            is_it = (one.system, one.document) == (system, document)
            if is_it and visible(user, name).filter(key=key).exists():
                found |= _described(one.schema)
    return found


def _described(schema: Any) -> dict[Path, Shape]:
    """An agreement may refer to what is elsewhere: then its fields are not known here."""
    try:
        return shapes.fields_of(schema, schema, "held")
    except Refused:
        return {}
