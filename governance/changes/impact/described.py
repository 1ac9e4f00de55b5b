"""A changed API description of a system: which fields changed, and what depends on each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.changes.descriptions import comparing, shapes
from governance.changes.descriptions.comparing import ADDED, NOW_REQUIRED, FieldChange
from governance.changes.descriptions.shapes import Path, Shape
from governance.changes.impact import fields
from governance.changes.impact.computed import impact_of_field, impact_of_nodes
from governance.changes.impact.known import held_shapes, known_fields
from governance.changes.impact.reached import Impact
from governance.changes.impact.seen import Visible
from governance.changes.impact.standing import standing
from governance.errors import Refused

MOST = 2_000  # differences


@dataclass(frozen=True, slots=True)
class Consequence:
    """One difference, in the record of that name, with what depends on the field."""

    record: str
    change: FieldChange
    impact: Impact

    @property
    def path(self) -> str:
        return fields.written(self.change.path)

    @property
    def to(self) -> str:
        return fields.written(self.change.to) if self.change.to else ""


def compared(
    *,
    system: str,
    document: str,
    record: str,
    new: Mapping[str, Any],
    old: Mapping[str, Any] | None,
    user: Any,
    visible: Visible,
) -> list[Consequence]:
    """Old against new; without an old one, what is held of ``document``, as far as ``user`` may see it, against new.

    ``record`` chooses one of several records of a description. ``document`` narrows what is looked for to one stream,
    sink or agreement. Raises Refused with a sentence for what cannot be compared.
    """
    if old is not None:
        pairs = _pairs(record, new, old)
    else:
        documents = sorted({one.document for one in known_fields(user, system, visible)})
        _check_document(system, document, documents)
        pairs = {record: (held_shapes(user, system, document, visible), _chosen(record, new))}
    found = [(name, change) for name, (was, now) in pairs.items() for change in comparing.compare(was, now)]
    if len(found) > MOST:
        raise Refused(
            f"{len(found):,} fields differ; at most {MOST:,} are taken. Choose one record, or compare what belongs "
            "together.",
            field="new",
            value=str(len(found)),
            rule=f"≤ {MOST} differences",
        )
    return [Consequence(name, change, _impact(system, document, change)) for name, change in found]


Fields = dict[Path, Shape]


def _pairs(record: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, tuple[Fields, Fields]]:
    """By name of the record: its fields before and after; a record that went has none after."""
    before, after = shapes.schemas_of(old, "old"), shapes.schemas_of(new, "new")
    if record:
        before, after = ({record: shapes.chosen(before, record, "old")}, {record: shapes.chosen(after, record, "new")})
    elif len(before) == len(after) == 1:  # whatever they are called
        before, after = ({"": next(iter(held.values()))} for held in (before, after))
    was, now = shapes.fields_of_all(before, old, "old"), shapes.fields_of_all(after, new, "new")
    return {name: (was.get(name, {}), now.get(name, {})) for name in sorted(was.keys() | now.keys())}


def _check_document(system: str, document: str, documents: Sequence[str]) -> None:
    if document not in documents:
        listed = ", ".join(documents) or "none"
        raise Refused(
            f"Without an old description it must be known which document this is. Of {system} are held: {listed}.",
            field="document",
            value=document or "empty",
            rule="a document of this system",
        )


def _chosen(record: str, new: Mapping[str, Any]) -> Fields:
    return shapes.fields_of(shapes.chosen(shapes.schemas_of(new, "new"), record, "new"), new, "new")


def _impact(system: str, document: str, change: FieldChange) -> Impact:
    graph = standing().graph
    if change.what == ADDED:
        return impact_of_nodes([], graph)
    found = impact_of_field(system, change.path, document=document, graph=graph)
    if change.what == NOW_REQUIRED and not found.starts:
        return impact_of_nodes(_writers(system, document), graph)
    return found


def _writers(system: str, document: str) -> Sequence[Any]:
    """Rules that write a document: none of them gives a field that is required from now on."""
    return [
        edge.user
        for edges in standing().graph.fields(system).values()
        for edge in edges
        if edge.how == "is written by" and document in ("", edge.document)
    ]
