"""A canonical entity: named fields, each of which is a data element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EntityField:
    name: str
    element: str
    required: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """Content: {key, label, definition, fields: [{name, element, required, repeated}], business_key: [field
    name]}."""

    key: str
    label: str
    fields: tuple[EntityField, ...]
    business_key: tuple[str, ...]
    definition: str = ""

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> EntitySpec:
        fields = tuple(EntityField(**one) for one in content["fields"])
        return cls(**{**content, "fields": fields, "business_key": tuple(content["business_key"])})

    def field(self, name: str) -> EntityField | None:
        return next((one for one in self.fields if one.name == name), None)
