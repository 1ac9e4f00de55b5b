"""Which widget a schema asks for, and how a loose value is written in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

LONG_NAMES = frozenset({"description", "definition", "notes", "context", "excluded_because"})
LONG = 1000  # characters: what may be longer gets several lines
ANSWERS = (("true", "yes"), ("false", "no"))
_BY_TYPE = {"boolean": "flag", "integer": "number", "number": "number"}


def resolved(schema: Schema, root: Schema) -> Schema:
    """Without ``$ref`` and without the "or null" of what may be left out."""
    if "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolved(target, root)
    if "anyOf" in schema:
        inner: Schema = next((one for one in schema["anyOf"] if one.get("type") != "null"), {})
        return {**resolved(inner, root), **{name: value for name, value in schema.items() if name != "anyOf"}}
    return schema


def types_of(schema: Schema) -> list[str]:
    found = schema.get("type", [])
    return [one for one in ([found] if isinstance(found, str) else found) if one != "null"]


def widget_of(schema: Schema, name: str = "") -> str:
    """The widget of a resolved schema; ``name`` tells a description from a label."""
    types = types_of(schema)
    if "enum" in schema:
        return "choice"
    if types == ["object"]:
        return _of_object(schema)
    if types == ["array"]:
        items = schema.get("items", {})
        return "lines" if types_of(items) == ["string"] else "table" if items else "free"
    if types == ["string"] or schema.get("format") == "decimal":
        return "long" if name in LONG_NAMES or schema.get("maxLength", 0) > LONG else "text"
    if types == ["boolean"] and schema.get("default") is True:
        return "answer"  # a box that is not ticked could not say no
    return _BY_TYPE.get(types[0], "value") if len(types) == 1 else "value"


def _of_object(schema: Schema) -> str:
    if schema.get("properties"):
        return "group"
    return "map" if isinstance(schema.get("additionalProperties"), Mapping) else "free"


def value_text(value: Any) -> str:
    """A loose value in one line: text as it is where that cannot be taken for something else, all else as JSON."""
    if isinstance(value, str) and text_value(value) == value:
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def text_value(text: str) -> Any:
    """The value that a line stands for: JSON where it is a number, true, false, an object or a text in quotes."""
    try:
        found = json.loads(text, parse_constant=str, parse_float=str)
    except (ValueError, RecursionError):
        return text
    return text if found is None else found
