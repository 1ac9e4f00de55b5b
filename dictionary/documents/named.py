"""Systems as the generated part of a document names them, and whether two such parts differ in labels alone.

A label is a word: a system that is called otherwise sends and takes what it did. Which system it is stands in its key.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dictionary.documents import parts
from dictionary.documents.parts import Generated, Row, Section

FROM, TO, SYSTEM = "From", "To", "System"  # rows that name systems by label and key
NAMING = frozenset({FROM, TO, SYSTEM})
CONNECTING = re.compile(r"parties|arrival|route\..+")  # sections of such rows; in others a field may be called so
_KEY = re.compile(r"\(([a-z][a-z0-9_-]{1,62})\)(?=, |$)")


def named(system: Mapping[str, object]) -> str:
    """Label and key: "Laboratory (lims)"; "" for no system."""
    return f"{system.get('label', '')} ({system.get('key', '')})" if system else ""


def differ_in_names_alone(old: Generated, new: Generated) -> bool:
    """Whether nothing differs but labels of systems: every key, and every other row, is the same."""
    return not parts.compare(_by_key(old), _by_key(new))


def _by_key(generated: Generated) -> Generated:
    return {key: [_section(one) for one in sections] for key, sections in generated.items()}


def _section(one: Section) -> Section:
    if not CONNECTING.fullmatch(one["section"]):
        return one
    return Section(section=one["section"], title=one["title"], rows=[_row(row) for row in one["rows"]])


def _row(row: Row) -> Row:
    """With the keys alone, in their order; a row of no system's stays as it is."""
    keys = _KEY.findall(row["value"]) if row["name"] in NAMING else []
    return Row(name=row["name"], value=", ".join(keys)) if keys else row
