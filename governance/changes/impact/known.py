"""Which fields of a system anything here depends on, and what is held of the documents that they stand in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from governance.changes import kinds
from governance.changes.descriptions import shapes
from governance.changes.descriptions.shapes import Path, Shape
from governance.changes.impact import fields
from governance.changes.impact.seen import Visible, may_see_nodes
from governance.changes.impact.standing import Noting, standing
from governance.errors import Refused

NAMED = 8  # of the known ones, in a sentence


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


def check_field(user: Any, system: str, path: Path, document: str, visible: Visible) -> None:
    """Raises Refused for a field that nothing here names, so that a slip never looks like "nothing depends on it".

    Where nothing at all is known of the system's fields, every field may be one: then none is refused.
    """
    used = [edge for edges in standing().graph.fields(system).values() for edge in edges]
    if any(document in ("", edge.document) and fields.overlap(path, edge.path) for edge in used):
        return  # be it by what the user may not see: that is counted
    known = known_fields(user, system, visible)
    documents = {one.document for one in known}
    if known and document and document not in documents:
        raise _unknown("document", document, f"{system} has no document {document!r} here", documents)
    if known:
        here, text = {one.text for one in known if document in ("", one.document)}, fields.written(path)
        raise _unknown("field", text, f"Nothing here names a field {text} of {system}", here)


def _unknown(field: str, value: str, sentence: str, known: Collection[str]) -> Refused:
    named = sorted(known)
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return Refused(
        f"{sentence}; known are {', '.join(named[:NAMED])}{more}.", field=field, value=value, rule=f"a known {field}"
    )


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
