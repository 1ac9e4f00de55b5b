"""A JSON object that may also be null, where null says something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance.api.protocol.fields import Field, Schema, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class OrNull(Field):
    """An object, or null."""

    def schema(self) -> Schema:
        return {"type": ["object", "null"]}

    def read(self, value: Any) -> dict[str, Any] | None:
        return None if value is None else typed(self.name, value, dict, "a JSON object or null")
