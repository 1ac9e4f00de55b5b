"""What an interface's control document says of it, and whether that is what runs."""

from __future__ import annotations

from dataclasses import dataclass

from dictionary.documents import parts
from dictionary.documents.parts import Line
from dictionary.models import InterfaceControlDocument
from governance.changes.effective import Snapshot
from hub.documents import door, proof
from hub.documents.agreement import describe
from hub.models import Interface


@dataclass(frozen=True, slots=True)
class Covered:
    """``closed`` says why the doors take nothing, "" where they are open; ``differences`` are the interface's own."""

    icd: str
    version: str
    stage: str
    is_described: bool
    differences: tuple[Line, ...]
    missing: tuple[str, ...]
    closed: str

    @property
    def agrees(self) -> bool:
        return self.is_described and not self.differences


def covered(interface: Interface) -> Covered:
    """The caller has checked the right to see the interface."""
    key, icd = interface.key, interface.content["icd"]
    row = InterfaceControlDocument.objects.filter(key=icd).select_related("revision__change").first()
    document = row.content if row else {}
    frozen = {one: part for one, part in document.get("generated", {}).items() if one == key}
    made = describe(icd, {"interfaces": [key]}, Snapshot({})) if frozen else {}
    return Covered(
        icd=icd,
        version=row.version if row else "",
        stage=proof.stage_of(interface.content),
        is_described=key in document.get("interfaces", ()) and bool(frozen),
        differences=tuple(parts.compare(frozen, made)),
        missing=tuple(parts.missing(document)),
        closed=door.closed(interface.content, row.revision if row else None),
    )
