"""From what a browser sent back to content. Nothing is judged here but names, repeated keys and text itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from governance.errors import Refused
from governance.shapes.build import Frame
from governance.shapes.field import HERE, KEY, ROOT, VALUE
from governance.shapes.text import check_text, loaded
from governance.shapes.widgets import Schema, resolved, text_value, widget_of

ABSENT: Any = object()
EMPTY: tuple[Any, ...] = ("", None, [], {})
WHOLE = re.compile(r"-?\d{1,40}")
DECIMAL = re.compile(r"-?\d{1,40}\.\d{1,40}")


@dataclass
class Reading:
    """``content`` as it was filled in; ``problems`` are (name of the input, sentence); ``unknown`` names no field."""

    content: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read(frame: Frame, posted: Mapping[str, str], original: Mapping[str, Any], *, keeps_blank: bool = False) -> Reading:
    """The content. What was empty in ``original`` stays as empty as it was; blank rows go unless they are kept."""
    reader = _Reader(frame, posted, keeps_blank)
    found = reader.group(frame.schema, ROOT, dict(original), "")
    made = Reading({} if found is ABSENT else found, reader.problems)
    made.unknown = sorted(name for name in posted if name.startswith(f"{ROOT}.") and name not in reader.taken)
    return made


class _Reader:
    """Walks the schema beside what was posted."""

    def __init__(self, frame: Frame, posted: Mapping[str, str], keeps_blank: bool) -> None:
        self.frame, self.posted, self.keeps_blank = frame, posted, keeps_blank
        self.taken: set[str] = set()
        self.problems: list[tuple[str, str]] = []
        self._names = sorted(name for name in posted if name.startswith(f"{ROOT}."))

    def value(self, schema: Schema, name: str, original: Any, last: str) -> Any:
        schema = resolved(schema, self.frame.schema)
        widget = widget_of(schema, last)
        walk = {"group": self.group, "table": self.table, "map": self.map}.get(widget)
        if walk:
            return walk(schema, name, original, last)
        if widget == "flag":
            return True if self._given(name) else (False if original is False else ABSENT)
        text = self._given(name)
        if not text.strip():
            return _as_it_was(original)
        return self._scalar(widget, schema, name, text)

    def _scalar(self, widget: str, schema: Schema, name: str, text: str) -> Any:
        if widget == "answer":
            return {"true": True, "false": False}.get(text, text)
        if widget == "number":
            return _number(text.strip())
        if widget == "lines":
            return [line for line in text.split("\n") if line.strip()]
        if widget == "value":
            return text_value(text)
        if widget == "free":
            return self._free(name, text)
        return text

    def _free(self, name: str, text: str) -> Any:
        try:
            return loaded(text, name)
        except Refused as refused:
            self.problems.append((name, refused.sentence))
            return text

    def group(self, schema: Schema, name: str, original: Any, last: str) -> Any:
        held = original if isinstance(original, Mapping) else {}
        self.taken.add(f"{name}.{HERE}")
        found = {}
        for part, inner in schema["properties"].items():
            was = held.get(part, ABSENT)
            value = was if inner.get("readOnly") else self.value(inner, f"{name}.{part}", was, part)
            if value is not ABSENT:
                found[part] = value
        if found:
            return found
        return _as_it_was(original)

    def table(self, schema: Schema, name: str, original: Any, last: str) -> Any:
        held = original if isinstance(original, list) else []
        rows = []
        for place, number in enumerate(self._numbers(name)):
            one = held[place] if place < len(held) else ABSENT
            row = self.value(schema["items"], f"{name}.{number}", one, last)
            if row is not ABSENT or self.keeps_blank:
                rows.append({} if row is ABSENT else row)
        return rows or _as_it_was(original)

    def map(self, schema: Schema, name: str, original: Any, last: str) -> Any:
        held = original if isinstance(original, Mapping) else {}
        inner = resolved(schema["additionalProperties"], self.frame.schema)
        is_plain = widget_of(inner, last) not in ("group", "map", "table")
        found: dict[str, Any] = {}
        for number in self._numbers(name):
            key = self._given(f"{name}.{number}.{KEY}")
            place = f"{name}.{number}.{VALUE}" if is_plain else f"{name}.{number}"
            value = self.value(inner, place, held.get(key, ABSENT), last)
            if key in found:
                self.problems.append((f"{name}.{number}.{KEY}", f"The name {key!r} stands twice; each may stand once."))
            elif key.strip() or value is not ABSENT or self.keeps_blank:
                found[key] = ("" if is_plain else {}) if value is ABSENT else value
        return found or _as_it_was(original)

    def _numbers(self, name: str) -> list[int]:
        """The numbers of the rows that were sent under this name, in their order."""
        start = f"{name}."
        found = {one[len(start) :].partition(".")[0] for one in self._names if one.startswith(start)}
        return sorted(int(one) for one in found if one.isascii() and one.isdecimal() and len(one) < 6)

    def _given(self, name: str) -> str:
        """The text of one input, with the line ends that a document has."""
        self.taken.update((name, f"{name.rpartition('.')[0]}.{HERE}"))
        text = self.posted.get(name, "").replace("\r\n", "\n")
        try:
            check_text(text)
        except ValueError as error:
            self.problems.append((name, f"This cannot be taken: {error}."))
            return text.replace("\x00", "")
        return text


def _as_it_was(original: Any) -> Any:
    """Left out, unless it stood there as an empty value before."""
    return original if original in EMPTY else ABSENT


def _number(text: str) -> Any:
    """A number where it is one; otherwise the text, for the rule of the field to refuse."""
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text
