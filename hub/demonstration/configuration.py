"""Everything controlled, as changes that are proposed, signed and released like anybody's.

What a person changed afterwards stays: only what is missing, or what the demonstration itself released,
is proposed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import dictionary
from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.changes.proposing import companions
from governance.models import EffectiveRevision, Revision
from hub.demonstration import signed
from hub.demonstration.content import content, filled, parsed
from hub.demonstration.places import Places
from hub.demonstration.words import REASON

STARTER = Path(dictionary.__file__).parent / "starter"


def ensure(places: Places) -> list[str]:
    """Numbers of the changes that were made; none where everything is in force."""
    in_force = _in_force()
    made = []
    for title, operations in _steps(places):
        wanted = [item for item in operations if _is_ours_to_write(item, in_force.get((item.kind, item.key)))]
        if wanted:
            whole = companions.bring(wanted)
            number = propose(operations=whole, title=title, by=DEMONSTRATION, reason=REASON, source="demo").number
            signed.release(number)
            made.append(number)
    return made


def _steps(places: Places) -> Iterator[tuple[str, Sequence[Operation]]]:
    """In this order, because each refers to what came before."""
    yield "Approval policies", signed.policies()
    yield "Systems of the landscape", _operations("systems", places)
    yield "Starter dictionary", _dictionary()
    yield "Connections to the systems", _operations("connections", places)
    yield "Mappings", [item for name in ("mappings_in", "mappings_out") for item in _operations(name, places)]
    yield "Interfaces and their control documents", [*_documents(places), *_operations("interfaces", places)]


def _documents(places: Places) -> list[Operation]:
    """The machine part of each document with its written one; what every document shares stands there once."""
    written = content("documents")
    return [
        replace(one, content={**(one.content or {}), **written["common"], **written[one.key]})
        for one in _operations("contracts", places)
    ]


def _operations(name: str, places: Places) -> list[Operation]:
    return [
        Operation(kind, one["key"], filled(one, demo=places.root))
        for kind, contents in content(name).items()
        for one in contents
    ]


def _dictionary() -> list[Operation]:
    """The starter, with the words of the demonstration's systems added to its crosswalks."""
    documents = [parsed(path.read_text(encoding="utf-8")) for path in sorted(STARTER.glob("*.yaml"))]
    contents = [(kind, one) for document in documents for kind, found in document.items() for one in found]
    operations = [Operation(kind, one["key"], one) for kind, one in contents]
    return [_with_crosswalks(item) if item.kind == "code_list" else item for item in operations]


def _with_crosswalks(item: Operation) -> Operation:
    added = content("crosswalks").get(item.key, {})
    tables = dict(item.content.get("crosswalks", {})) if item.content else {}
    for system, codes in added.items():
        tables[system] = {**tables.get(system, {}), **codes}
    return Operation(item.kind, item.key, {**(item.content or {}), "crosswalks": tables})


def _in_force() -> dict[tuple[str, str], Revision]:
    rows = EffectiveRevision.objects.select_related("revision__change")
    return {(row.kind, row.key): row.revision for row in rows}


def _is_ours_to_write(item: Operation, revision: Revision | None) -> bool:
    if revision is None:
        return True
    held = {name: part for name, part in (revision.content or {}).items() if name != "generated"}  # the hub's own
    return held != item.content and revision.change.author["id"] == DEMONSTRATION.id
