"""The fields of a contract's schema as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEEPEST = 6
SHOWN_RULES = ("enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "format")


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field: ``path`` such as "$.result.value", ``type`` in words, ``rules`` as the schema writes them."""

    path: str
    type: str
    is_required: bool
    rules: tuple[str, ...]
    description: str


def fields_of(schema: Mapping[str, Any]) -> list[SchemaField]:
    """Described and required fields, in the order of the schema."""
    return list(_walk(schema, "$", 0))


def _walk(schema: Any, path: str, depth: int) -> Iterator[SchemaField]:
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return
    described, required = schema.get("properties", {}), schema.get("required", [])
    for name in dict.fromkeys([*described, *required]):
        part = described.get(name, {})
        yield _field(f"{path}.{name}", part if isinstance(part, Mapping) else {}, name in required)
        yield from _walk(part, f"{path}.{name}", depth + 1)
    if "items" in schema:
        yield from _walk(schema["items"], f"{path}[*]", depth + 1)


def _field(path: str, part: Mapping[str, Any], is_required: bool) -> SchemaField:
    kind = part.get("type", "any")
    rules = tuple(f"{name}: {part[name]}" for name in SHOWN_RULES if name in part)
    words = " or ".join(str(one) for one in kind) if isinstance(kind, list) else str(kind)
    return SchemaField(path, words, is_required, rules, str(part.get("description", "")))
