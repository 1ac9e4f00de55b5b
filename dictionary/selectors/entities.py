"""Entities as contracts: the JSON Schema that follows from an entity, its elements and their code lists in force."""

from __future__ import annotations

from typing import Any

from dictionary import specs
from dictionary.contracts.json_schema import entity_schema
from dictionary.models import Entity
from dictionary.selectors import elements


def schema_of(user: Any, entity: Entity) -> dict[str, Any]:
    """JSON Schema 2020-12, made of what the user may see; three queries."""
    named, lists = elements.specs_of(user)
    return entity_schema(specs.EntitySpec.from_content(entity.content), named, lists, version=entity.version)
