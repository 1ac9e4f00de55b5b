"""Dataclasses as JSON Schema, and an example of each: the answer that a view gives is the answer that is documented."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"

Moment = Annotated[datetime, msgspec.Meta(tz=True, description="UTC.", examples=["2026-11-21T08:30:00Z"])]
BY_FORMAT = {
    "uuid": "01980000-0000-7000-8000-000000000001",
    "date-time": "2026-11-21T08:30:00Z",
    "uri": "https://hub.example/api/v1/messages?cursor=WyIwMTk4Il0",
}
BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": False, "object": {}, "null": None}


def said(sentence: str, example: Any = None) -> Any:
    """A description, and an example, for a member of a shape: ``Annotated[str, said("…", "IF-001")]``."""
    return msgspec.Meta(description=sentence, examples=None if example is None else [example])


def schemas_of(shape: Any) -> tuple[Schema, dict[str, Schema]]:
    """A reference to the shape, and every component that it needs by name."""
    (reference,), found = msgspec.json.schema_components([shape], ref_template=REFERENCE + "{name}")
    return reference, {name: _tidy(schema) for name, schema in found.items()}


def example_of(schema: Schema, components: dict[str, Schema]) -> Any:
    """A value that keeps the schema: the examples that are declared, and something plain elsewhere."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].removeprefix(REFERENCE)], components)
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], components)
    return _plain(schema, components)


def moved(schema: Any, to: str) -> Any:
    """A schema of its own as a part of the document: its references to ``#/$defs`` follow it."""
    if isinstance(schema, dict):
        return {name: moved(inner, to) for name, inner in schema.items()}
    if isinstance(schema, list):
        return [moved(inner, to) for inner in schema]
    is_reference = isinstance(schema, str) and schema.startswith("#/$defs/")
    return f"{to}{schema[1:]}" if is_reference else schema


def _plain(schema: Schema, components: dict[str, Schema]) -> Any:
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "array":
        return [example_of(schema["items"], components)] if schema.get("items") else []
    if kind == "object":
        return {name: example_of(inner, components) for name, inner in schema.get("properties", {}).items()}
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE[kind])


def _tidy(schema: Any) -> Any:
    """Back quotes of a docstring say nothing in a schema; "a tuple of any length" is an array in JSON."""
    if isinstance(schema, dict):
        return {name: _tidy(inner) for name, inner in schema.items()}
    if isinstance(schema, list):
        return [_tidy(inner) for inner in schema]
    return schema.replace("``", "`") if isinstance(schema, str) else schema
