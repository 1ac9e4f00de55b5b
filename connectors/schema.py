"""The JSON Schema of a settings dataclass, for the form of a connection and for its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_TYPES: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Decimal: {"type": ["string", "number"], "format": "decimal"},
    Any: {},
}


def describe(cls: type) -> dict[str, Any]:
    """JSON Schema (2020-12) of what ``configuration.load(cls, …)`` accepts."""
    hints = get_type_hints(cls)
    specs = [spec for spec in fields(cls) if spec.init]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {spec.name: _property(hints[spec.name], spec) for spec in specs},
        "additionalProperties": False,
    }
    required = [spec.name for spec in specs if spec.default is MISSING and spec.default_factory is MISSING]
    return schema | ({"required": required} if required else {})


def _property(hint: Any, spec: Field) -> dict[str, Any]:
    schema = _schema(hint)
    words = {
        "min": "minimum",
        "max": "maximum",
        "pattern": "pattern",
        "help": "description",
        "title": "title",
    }
    schema |= {word: _plain(spec.metadata[key]) for key, word in words.items() if key in spec.metadata}
    if spec.default is not MISSING:
        schema["default"] = _plain(spec.default)
    elif spec.default_factory is not MISSING:
        schema["default"] = _plain(spec.default_factory())
    return schema


def _schema(hint: Any) -> dict[str, Any]:
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind is Literal:
        return {"enum": list(parts)}
    if kind in (Union, UnionType):
        return {"anyOf": [_schema(part) for part in parts if part is not NoneType] + [{"type": "null"}]}
    if kind in (tuple, list):
        return {"type": "array", "items": _schema(parts[0]) if parts else {}}
    if is_dataclass(hint) and isinstance(hint, type):
        return describe(hint)
    if kind in (dict, Mapping):
        return {"type": "object", "additionalProperties": _schema(parts[1]) if parts else {}}
    return dict(_TYPES.get(hint, {}))


def _plain(value: Any) -> Any:
    """A default as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
