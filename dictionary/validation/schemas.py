"""The shape of each kind's content, as JSON Schema 2020-12."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dictionary.documents.shape import DOCUMENT
from dictionary.mapping.schema import MAPPING

_TEXT = {"type": "string", "maxLength": 4000}
_LABEL = {"type": "string", "minLength": 1, "maxLength": 200}
_KEY = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 100}
_OPTIONAL_KEY = {"type": "string", "pattern": "^([a-z][a-z0-9_]*)?$", "maxLength": 100}
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 100}
_SYSTEM = {"type": "string", "maxLength": 100}
_PATH = {"type": "string", "minLength": 1, "maxLength": 500}
_DECIMAL = {"type": ["string", "null"], "pattern": r"^(-?\d{1,40}(\.\d{1,40})?)?$"}
_POSITIVE = {"type": ["string", "null"], "pattern": r"^(\d{1,40}(\.\d{1,40})?)?$"}
_CODE = {"type": "string", "minLength": 1, "maxLength": 200}
_CODE_TABLE = {"type": "object", "propertyNames": _CODE, "additionalProperties": _CODE}
_TABLES = {"type": "object", "propertyNames": {"minLength": 1}, "additionalProperties": _CODE_TABLE}


def _closed(required: tuple[str, ...], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_ELEMENT = _closed(
    ("key", "label", "definition", "type"),
    {
        "key": _KEY,
        "label": _LABEL,
        "definition": {"type": "string", "minLength": 10, "maxLength": 4000},
        "type": {
            "enum": [
                "text",
                "integer",
                "decimal",
                "quantity",
                "date",
                "datetime",
                "boolean",
                "code",
                "reference",
            ]
        },
        "unit": {"type": "string", "maxLength": 100},
        "digits": {"type": ["integer", "null"], "minimum": 0, "maximum": 30},
        "significant": {"type": ["integer", "null"], "minimum": 1, "maximum": 28},
        "rounding": {"enum": ["half_even", "half_up", "down", "up"]},
        "tolerance_abs": _POSITIVE,
        "tolerance_rel": _POSITIVE,
        "code_list": _OPTIONAL_KEY,
        "reference": _OPTIONAL_KEY,
        "max_length": {"type": ["integer", "null"], "minimum": 1, "maximum": 1_000_000},
        "pattern": {"type": "string", "maxLength": 500},
        "minimum": _DECIMAL,
        "maximum": _DECIMAL,
        "owner_system": _SYSTEM,
        "criticality": {"enum": ["low", "medium", "high", "critical"]},
        "data_class": {"enum": ["public", "internal", "confidential", "personal"]},
        "notes": _TEXT,
    },
)
_CODE_LIST = _closed(
    ("key", "label", "codes"),
    {
        "key": _KEY,
        "label": _LABEL,
        "definition": _TEXT,
        "codes": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": _CODE,
            "additionalProperties": _closed(
                ("label",), {"label": _LABEL, "definition": _TEXT, "retired": {"type": "boolean"}}
            ),
        },
        "crosswalks": _TABLES,
        "outbound": _TABLES,
    },
)
_ENTITY = _closed(
    ("key", "label", "fields", "business_key"),
    {
        "key": _KEY,
        "label": _LABEL,
        "definition": _TEXT,
        "fields": {
            "type": "array",
            "minItems": 1,
            "items": _closed(
                ("name", "element"),
                {
                    "name": _NAME,
                    "element": _KEY,
                    "required": {"type": "boolean"},
                    "repeated": {"type": "boolean"},
                },
            ),
        },
        "business_key": {"type": "array", "minItems": 1, "items": _NAME},
    },
)
_LOCAL_TERM = _closed(
    ("key", "system", "term", "element", "relation"),
    {
        "key": _KEY,
        "system": {**_SYSTEM, "minLength": 1},
        "term": _LABEL,
        "element": _KEY,
        "relation": {"enum": ["same", "narrower", "broader", "derived"]},
        "context": _TEXT,
        "definition": _TEXT,
    },
)
_CONTRACT = _closed(
    ("key", "label", "schema", "idempotency_key"),
    {
        "key": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$", "maxLength": 100},
        "label": _LABEL,
        "entity": _OPTIONAL_KEY,
        "schema": {"type": "object"},
        "idempotency_key": {"type": "array", "items": _PATH},
        "ordering_key": {"type": "string", "maxLength": 500},
        "order_policy": {"enum": ["strict", "none"]},
        "business_key": {"type": "string", "maxLength": 500},
        "version": {"type": "string", "maxLength": 60},
        **DOCUMENT,
    },
)
SCHEMAS: dict[str, dict[str, Any]] = {
    "element": _ELEMENT,
    "code_list": _CODE_LIST,
    "entity": _ENTITY,
    "local_term": _LOCAL_TERM,
    "mapping": MAPPING,
    "contract": _CONTRACT,
}
