"""An interface control document as it is read: one revision with its parts, its standing and its signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dictionary.documents import generated, parts, sight
from dictionary.documents.parts import Line, Section
from dictionary.models import InterfaceControlDocument
from dictionary.selectors.contracts import SchemaField, fields_of
from governance.errors import NotFound
from governance.models import Revision
from governance.printing import Manifested, manifested
from governance.selectors.changes import history

TABLES = {  # written as rows, the others as text: names of the columns, and their heads
    "owners": (("side", "name", "contact"), ("Side", "Name", "Reached")),
    "escalation": (("after", "who", "contact"), ("After", "Who", "Reached")),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A written part: ``text``, or ``rows`` under ``heads``; empty where nobody wrote it."""

    title: str
    text: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Document:
    """As one reader may see it; ``left_out`` counts the interfaces that ``content`` is silent about for them.

    ``differences`` are those of the revision in force with what runs now; an older one has none.
    """

    key: str
    revision: Revision
    content: dict[str, Any]
    status: str
    is_in_force: bool
    parts: tuple[Part, ...]
    fields: tuple[SchemaField, ...]
    generated: tuple[tuple[str, list[Section]], ...]
    differences: tuple[Line, ...]
    signatures: tuple[Manifested, ...]
    left_out: int = 0

    @property
    def version(self) -> str:
        return self.revision.version

    @property
    def missing(self) -> list[str]:
        """What production would ask for."""
        return parts.missing(self.content)


def document(user: Any, icd: InterfaceControlDocument, version: str = "") -> Document:
    """The revision in force, or the one of that version, for this reader. Raises NotFound.

    The caller has taken ``icd`` from ``readable_icds``; what it says of hidden interfaces is left out here.
    """
    revision = icd.revision if version in ("", icd.version) else _revision(icd.key, version)
    seen, is_in_force = sight.of(user, revision.content or {}), revision.pk == icd.revision_id
    content = seen.content
    frozen = content.get("generated", {})
    return Document(
        key=icd.key,
        revision=revision,
        content=content,
        status=_status(icd, is_in_force),
        is_in_force=is_in_force,
        parts=tuple(_part(name, title, content.get(name)) for name, title in parts.WRITTEN.items()),
        fields=tuple(fields_of(content.get("schema", {}))),
        generated=tuple((one, frozen[one]) for one in sorted(frozen)),
        differences=tuple(generated.differences(icd.key, content)) if is_in_force else (),
        signatures=tuple(
            one for subject in ("change", "change_release") for one in manifested(subject, revision.change.number)
        ),
        left_out=seen.left_out,
    )


def differences(user: Any, icd: InterfaceControlDocument) -> list[Line]:
    """Where the document in force disagrees with what runs now, as far as this reader may see both."""
    return generated.differences(icd.key, sight.of(user, icd.content).content)


def made_now(user: Any, icd: InterfaceControlDocument) -> dict[str, Any]:
    """What the configuration in force says of each interface that the document describes and this reader may see."""
    return dict(generated.now(icd.key, sight.of(user, icd.content).content))


def versions(user: Any, key: str) -> list[tuple[Revision, list[Line]]]:
    """The newest versions, each with what it changed, as far as this reader may see it."""
    return [(revision, sight.lines(user, lines)) for revision, lines in history("icd", key)]


def _revision(key: str, version: str) -> Revision:
    rows = Revision.objects.select_related("change").filter(kind="icd", key=key, version=version)
    found = rows.exclude(content=None).first()
    if found is None:
        raise NotFound(f"The document {key} has no version {version[:32]!r}.", field="version", value=version[:32])
    return found


def _status(icd: InterfaceControlDocument, is_in_force: bool) -> str:
    if icd.is_retired:
        return "Retired"
    return "In force" if is_in_force else f"Superseded, in force is {icd.version}"


def _part(name: str, title: str, held: Any) -> Part:
    if name not in TABLES:
        return Part(title, str(held or ""), (), (), name in parts.NEEDED)
    columns, heads = TABLES[name]
    rows = tuple(tuple(row.get(column, "") for column in columns) for row in held or ())
    return Part(title, "", heads, rows, name in parts.NEEDED)
