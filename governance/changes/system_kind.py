"""The controlled kind "system"."""

from __future__ import annotations

from typing import Any, ClassVar

from governance.changes.kinds import Content, Kind
from governance.changes.schema import sentences
from governance.models import System

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "label", "category", "owner"],
    "properties": {
        "key": {"type": "string", "pattern": "^[a-z][a-z0-9_-]{1,62}$"},
        "label": {"type": "string", "minLength": 1, "maxLength": 160},
        "category": {
            "enum": [
                "qms",
                "erp",
                "mes",
                "lims",
                "crm",
                "cmms",
                "wms",
                "hr",
                "tracker",
                "instrument",
                "other",
            ]
        },
        "level": {"type": "integer", "minimum": 0, "maximum": 4},
        "owner": {"type": "string", "minLength": 1, "maxLength": 160},
        "criticality": {"enum": ["low", "medium", "high", "critical"]},
        "gxp": {"type": "boolean"},
        "validation": {"enum": ["validated", "in_progress", "planned", "not_needed"]},
        "residency": {"type": "string", "maxLength": 16},
        "description": {"type": "string"},
        "excluded_because": {"type": "string"},
    },
}


class SystemKind(Kind):
    name: ClassVar[str] = "system"
    label: ClassVar[str] = "System"
    model = System

    def schema(self, content: Content) -> Content:
        return SCHEMA

    def validate(self, content: Content) -> list[str]:
        return sentences(SCHEMA, content)
