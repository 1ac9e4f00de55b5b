"""A small dictionary that the tests of mappings share."""

from __future__ import annotations

from typing import Any

from dictionary.mapping import CompiledMapping, compile_mapping
from dictionary.specs import CodeListSpec, ElementSpec, EntitySpec, MappingSpec

ELEMENTS = {
    content["key"]: ElementSpec.from_content({"label": content["key"], "definition": "For a test.", **content})
    for content in (
        {"key": "number", "type": "text", "max_length": 20},
        {"key": "title", "type": "text"},
        {"key": "severity", "type": "code", "code_list": "severity"},
        {
            "key": "glucose",
            "type": "quantity",
            "unit": "mg/dL",
            "digits": 2,
            "rounding": "half_up",
            "minimum": "0",
        },
        {"key": "detected_at", "type": "datetime"},
        {"key": "due_on", "type": "date"},
        {"key": "pieces", "type": "integer", "minimum": "0"},
        {"key": "ratio", "type": "decimal", "significant": 3},
        {"key": "is_gmp", "type": "boolean"},
        {"key": "lot", "type": "reference", "reference": "lot"},
        {"key": "tag", "type": "text"},
    )
}
CODE_LISTS = {
    "severity": CodeListSpec.from_content(
        {
            "key": "severity",
            "label": "Severity",
            "codes": {
                "minor": {"label": "Minor"},
                "major": {"label": "Major"},
                "grave": {"label": "Grave", "retired": True},
            },
            "crosswalks": {
                "mes": {"MIN": "minor", "MAJ": "major", "2": "major"},
                "lims": {"low": "minor"},
                "old": {"A": "major", "B": "major"},
            },
            "outbound": {"mes": {"major": "MAJ"}},
        }
    )
}
ENTITY = EntitySpec.from_content(
    {
        "key": "nonconformance",
        "label": "Nonconformance",
        "fields": [
            {"name": "number", "element": "number", "required": True},
            {"name": "severity", "element": "severity", "required": True},
            *(
                {"name": name, "element": name}
                for name in ("title", "glucose", "detected_at", "due_on", "pieces", "ratio", "is_gmp", "lot")
            ),
            {"name": "tags", "element": "tag", "repeated": True},
        ],
        "business_key": ["number"],
    }
)
REQUIRED = (
    {"target": "number", "path": "$.id"},
    {"target": "severity", "path": "$.sev", "codes": {"system": "mes"}},
)


def mapping(*rules: dict[str, Any], required: bool = True, **more: Any) -> CompiledMapping:
    """A compiled mapping into the example's entity: the two required rules, then `rules`."""
    content = {
        "key": "example",
        "label": "Example",
        "entity": "nonconformance",
        "direction": "to_canonical",
        "rules": [*(REQUIRED if required else ()), *rules],
        **more,
    }
    return compile_mapping(
        MappingSpec.from_content(content),
        entity=ENTITY,
        elements=ELEMENTS,
        code_lists=CODE_LISTS,
        revision="1.2.0",
    )


def document(**fields: Any) -> dict[str, Any]:
    return {"id": "NC-1", "sev": "MAJ", **fields}
