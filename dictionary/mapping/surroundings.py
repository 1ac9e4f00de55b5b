"""What a mapping is compiled against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dictionary.specs.code_list import CodeListSpec
from dictionary.specs.element import ElementSpec
from dictionary.specs.entity import EntitySpec


@dataclass(frozen=True, slots=True)
class Surroundings:
    entity: EntitySpec | None
    elements: Mapping[str, ElementSpec]
    code_lists: Mapping[str, CodeListSpec]
    lookups: Mapping[str, Mapping[str, str]]
    is_inward: bool

    def element_of(self, field_name: str) -> ElementSpec | None:
        """The element behind a field of the entity, or None."""
        field = self.entity.field(field_name) if self.entity else None
        return self.elements.get(field.element) if field else None
