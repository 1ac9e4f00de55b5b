"""From a schema and a content to fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from governance.shapes.field import KEY, ROOT, VALUE, Field
from governance.shapes.widgets import ANSWERS, Schema, resolved, value_text, widget_of

Choices = Sequence[tuple[str, str]]  # (value, what is shown)
ACRONYMS = {"gxp": "GxP", "icd": "ICD", "tls": "TLS", "ca file": "CA file", "base url": "Base URL", "at": "At"}
NOT_SAID = ("", "— not said —")


@dataclass(frozen=True)
class Frame:
    """What surrounds the fields: ``choices`` by a field's place ("routes.connection"), ``helps`` likewise."""

    schema: Schema
    choices: Callable[[str], Choices | None] = lambda place: None
    helps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Spot:
    """Where a field stands: its path in sentences, its input's name, its place without numbers and keys."""

    path: str = ""
    name: str = ROOT
    place: str = ""
    last: str = ""

    def under(self, name: str) -> Spot:
        return Spot(_dotted(self.path, name), f"{self.name}.{name}", _dotted(self.place, name), name)

    def row(self, number: int) -> Spot:
        return Spot(f"{self.path}[{number}]", f"{self.name}.{number}", self.place, self.last)

    def entry(self, number: int, key: str) -> Spot:
        return Spot(_dotted(self.path, key), f"{self.name}.{number}", self.place, self.last)


def build(frame: Frame, content: Mapping[str, Any]) -> Field:
    """The whole form as one group."""
    return _field(frame, frame.schema, content, Spot(), is_required=True)


def _field(frame: Frame, schema: Schema, value: Any, at: Spot, *, is_required: bool = False) -> Field:
    schema = resolved(schema, frame.schema)
    widget = widget_of(schema, at.last)
    made = Field(at.path, at.name, widget, _label(schema, at), _help(frame, schema, at), is_required=is_required)
    choices = frame.choices(at.place)
    if widget == "text" and choices is not None:
        made.widget = widget = "choice"
        schema = {**schema, "enum": ()}
    _FILL.get(widget, _fill_text)(frame, schema, value, at, made)
    if widget == "choice":
        offered = choices if choices is not None else [(one, _words(one)) for one in schema["enum"]]
        made.choices = tuple(_offered(offered, made))
    return made


def _fill_text(frame: Frame, schema: Schema, value: Any, at: Spot, made: Field) -> None:
    made.text = value if isinstance(value, str) and made.widget != "value" else value_text(value)


def _fill_answer(frame: Frame, schema: Schema, value: Any, at: Spot, made: Field) -> None:
    made.widget, made.choices = "choice", (("", "— not said: yes —"), *ANSWERS)
    made.text = "" if value is None else str(value).lower()


def _fill_flag(frame: Frame, schema: Schema, value: Any, at: Spot, made: Field) -> None:
    made.is_on = value is True


def _fill_lines(frame: Frame, schema: Schema, value: Any, at: Spot, made: Field) -> None:
    made.text = "\n".join(str(one) for one in value) if isinstance(value, list | tuple) else value_text(value)


def _fill_free(frame: Frame, schema: Schema, value: Any, at: Spot, made: Field) -> None:
    if value not in (None, {}, []):
        text = value if isinstance(value, str) else yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
        made.text = text.rstrip("\n")


def _fill_group(frame: Frame, schema: Schema, value: Any, at: Spot, made: Field) -> None:
    held = value if isinstance(value, Mapping) else {}
    required = schema.get("required", ())
    made.children = [
        _field(frame, part, held.get(name), at.under(name), is_required=made.is_required and name in required)
        for name, part in schema["properties"].items()
        if not part.get("readOnly")  # the hub writes it
    ]


def _fill_table(frame: Frame, schema: Schema, value: Any, at: Spot, made: Field) -> None:
    items = value if isinstance(value, list | tuple) else []
    rows = items or ([{}] if made.is_required else [])
    made.rows = [
        _field(frame, schema["items"], one, at.row(number), is_required=True) for number, one in enumerate(rows)
    ]


def _fill_map(frame: Frame, schema: Schema, value: Any, at: Spot, made: Field) -> None:
    held = value if isinstance(value, Mapping) else {}
    for number, (key, one) in enumerate((held or ({"": None} if made.is_required else {})).items()):
        spot = at.entry(number, key)
        row = _field(frame, schema["additionalProperties"], one, spot, is_required=True)
        row.help = ""  # said once, above the rows
        row.key = Field(spot.path, f"{spot.name}.{KEY}", "text", "Name", text=key, is_required=True)
        if row.widget not in ("group", "map", "table"):
            row.name, row.label = f"{spot.name}.{VALUE}", "Value"
        made.rows.append(row)


def _offered(choices: Choices, made: Field) -> list[tuple[str, str]]:
    """With nothing to begin with, and with what stands there even where it is offered no more."""
    known = {value for value, _ in choices}
    kept = [(made.text, f"{made.text} (not offered)")] if made.text and made.text not in known else []
    return [("", "— choose —") if made.is_required else NOT_SAID, *choices, *kept]


def _label(schema: Schema, at: Spot) -> str:
    words = _words(at.last)
    return str(schema.get("title") or ACRONYMS.get(words) or words[:1].upper() + words[1:])


def _help(frame: Frame, schema: Schema, at: Spot) -> str:
    said = frame.helps.get(at.place) or str(schema.get("description", ""))
    default = schema.get("default")
    if isinstance(default, str | int | float) and not isinstance(default, bool) and default != "":
        said = (
            f"{said.rstrip('.')}. Where nothing is said: {default}." if said else f"Where nothing is said: {default}."
        )
    return said


def _words(name: Any) -> str:
    return str(name).replace("_", " ")


def _dotted(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


_FILL: dict[str, Callable[[Frame, Schema, Any, Spot, Field], None]] = {
    "answer": _fill_answer,
    "flag": _fill_flag,
    "lines": _fill_lines,
    "free": _fill_free,
    "group": _fill_group,
    "table": _fill_table,
    "map": _fill_map,
}
