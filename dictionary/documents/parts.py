"""The parts of a document: which are written, which of them production asks for, how two frozen ones differ. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict

WRITTEN = {
    "purpose": "Purpose",
    "owners": "Owners",
    "message_formats": "Message formats",
    "transport": "Transport",
    "error_handling": "Error handling",
    "escalation": "Escalation path",
    "service_level": "Service level",
    "security": "Security",
    "guarantees": "What the guarantees mean",
}
NEEDED = ("purpose", "owners", "error_handling", "escalation", "service_level", "security")

Content = Mapping[str, Any]


class Row(TypedDict):
    name: str
    value: str


class Section(TypedDict):
    """``section`` is its stable name, ``title`` what people read; names of rows are unique within."""

    section: str
    title: str
    rows: list[Row]


class Line(TypedDict):
    """One row that differs; None where it is absent."""

    field: str
    old: Any
    new: Any


Generated = Mapping[str, Sequence[Section]]  # interface → sections


def section(name: str, title: str, rows: Mapping[str, str]) -> Section:
    """Rows that say nothing are left out."""
    return Section(section=name, title=title, rows=[Row(name=one, value=text) for one, text in rows.items() if text])


def missing(content: Content) -> list[str]:
    """Titles of the parts that production asks for and that are not written."""
    return [WRITTEN[name] for name in NEEDED if not content.get(name)]


def compare(old: Generated, new: Generated) -> list[Line]:
    """Row by row, by name: a row that moved is no difference, a section that is new is one a row."""
    before, after = dict(_flat(old)), dict(_flat(new))
    names = dict.fromkeys([*before, *after])
    return [
        Line(field=name, old=before.get(name), new=after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def sentence(line: Line) -> str:
    """A difference between document (old) and configuration (new), for a person."""
    if line["old"] is None:
        return f"{line['field']}: the document says nothing, the configuration says “{line['new']}”."
    if line["new"] is None:
        return f"{line['field']}: the document says “{line['old']}”, the configuration has no such thing."
    return f"{line['field']}: the document says “{line['old']}”, the configuration says “{line['new']}”."


def generated_problems(content: Content) -> list[str]:
    """What is frozen belongs to an interface that the document describes, and each of them has it."""
    named, frozen = content.get("interfaces", []), content.get("generated", {})
    return [
        *(
            f"The field 'generated' describes {key!r}, which 'interfaces' does not name."
            for key in frozen.keys() - named
        ),
        *(f"The row {name!r} of 'generated' stands twice." for name in _repeated(frozen)),
    ]


def _flat(generated: Generated) -> Iterator[tuple[str, str]]:
    for key in sorted(generated):
        for one in generated[key]:
            for row in one["rows"]:
                yield f"{key} › {one['title']} › {row['name']}", row["value"]


def _repeated(generated: Generated) -> list[str]:
    names = [name for name, _ in _flat(generated)]
    return sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
