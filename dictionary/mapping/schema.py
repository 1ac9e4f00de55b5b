"""The shape of a mapping's content, as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dictionary.contracts.validate import check

_TEXT = {"type": "string"}
_PATH = {"type": "string", "minLength": 1, "maxLength": 500}
_KEY = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 100}
_TABLE = {"type": "object", "additionalProperties": _TEXT}
_VALUE = {"type": ["string", "integer", "boolean", "object", "array", "null"]}


def _closed(properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_RULE = _closed(
    {
        "target": {"type": "string", "pattern": r"^[A-Za-z_][\w\-]*(\.[A-Za-z_][\w\-]*)*$", "maxLength": 300},
        "path": _PATH,
        "constant": _VALUE,
        "concat": _closed({"parts": {"type": "array", "items": _TEXT, "minItems": 1}, "sep": _TEXT}, ("parts",)),
        "lookup": _closed({"name": _TEXT, "path": _PATH}, ("name", "path")),
        "each": _closed(
            {"path": _PATH, "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}}}, ("path", "rules")
        ),
        "many": {"type": "boolean"},
        "when": {"type": "string", "minLength": 1, "maxLength": 1000},
        "number": _closed(
            {"decimal": {"enum": [".", ","]}, "group": {"enum": ["", ",", ".", "'", " ", "\u00a0", "\u202f"]}}
        ),
        "unit": _closed({"from": _TEXT, "from_path": _PATH, "to": _TEXT, "aliases": _TABLE}),
        "codes": _closed({"system": _TEXT, "list": _KEY}),
        "date": _closed({"format": {"type": "string", "maxLength": 60}, "zone": {"type": "string", "maxLength": 60}}),
        "round": _closed(
            {
                "mode": {"enum": ["half_even", "half_up", "down", "up"]},
                "digits": {"type": "integer", "minimum": -30, "maximum": 30},
                "significant": {"type": "integer", "minimum": 1, "maximum": 28},
            }
        ),
        "default": _VALUE,
        "as": {"enum": ["text", "number", "quantity"]},
        "note": _TEXT,
    },
    ("target",),
)
_CASE = _closed(
    {
        "name": {"type": "string", "minLength": 1, "maxLength": 120},
        "sample": {"type": "string", "minLength": 2, "maxLength": 100_000},
        "expected": {"type": "string", "minLength": 2, "maxLength": 100_000},
        "refused": {"type": "array", "items": {"type": "string", "maxLength": 300}},
    },
    ("name", "sample", "expected"),
)
MAPPING = _closed(
    {
        "key": {"type": "string", "pattern": "^[a-z][a-z0-9_]*(-[a-z0-9_]+)*$", "maxLength": 100},
        "label": {"type": "string", "minLength": 1, "maxLength": 200},
        "entity": {"type": "string", "pattern": "^([a-z][a-z0-9_]*)?$"},
        "direction": {"enum": ["to_canonical", "to_target"]},
        "source": _TEXT,
        "target": _TEXT,
        "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}, "maxItems": 2000},
        "ignored_paths": {"type": "array", "items": _PATH},
        "lookups": {"type": "object", "additionalProperties": _TABLE},
        "cases": {"type": "array", "items": _CASE, "maxItems": 100},
    },
    ("key", "label", "entity", "direction", "rules"),
) | {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {"rule": _RULE}}


def malformed(content: Mapping[str, Any]) -> list[str]:
    """What is wrong with the shape of a mapping's content, in sentences."""
    return [violation.sentence for violation in check(content, MAPPING, "mapping")]
