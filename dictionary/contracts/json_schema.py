"""A canonical entity as JSON Schema 2020-12: what a canonical message of it must look like.

Beyond the standard keywords a field carries its meaning as annotations: x-element, x-unit, x-digits,
x-rounding, x-tolerance-abs, x-tolerance-rel, x-code-list, x-reference, x-owner-system, x-criticality,
x-data-class.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dictionary.specs.code_list import CodeListSpec
from dictionary.specs.element import ElementSpec
from dictionary.specs.entity import EntityField, EntitySpec
from dictionary.values.patterns import anchored

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DATE = r"^\d{4}-\d{2}-\d{2}$"
DATETIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$"

Schema = dict[str, Any]


def entity_schema(
    entity: EntitySpec,
    elements: Mapping[str, ElementSpec],
    code_lists: Mapping[str, CodeListSpec],
    *,
    version: str = "1.0.0",
    base: str = "urn:interlock:entity",
) -> Schema:
    """The schema of `entity`; `$id` is "urn:interlock:entity:lot:1.0.0". Raises KeyError for a missing
    element."""
    return {
        "$schema": DIALECT,
        "$id": f"{base}:{entity.key}:{version}",
        "title": entity.label,
        "description": entity.definition,
        "type": "object",
        "properties": {field.name: field_schema(field, elements[field.element], code_lists) for field in entity.fields},
        "required": sorted(field.name for field in entity.fields if field.required),
        "additionalProperties": False,
        "x-business-key": list(entity.business_key),
    }


def field_schema(field: EntityField, element: ElementSpec, code_lists: Mapping[str, CodeListSpec]) -> Schema:
    """One value, or a list of them where the field is repeated."""
    value = element_schema(element, code_lists)
    return {"type": "array", "items": value} if field.repeated else value


def element_schema(element: ElementSpec, code_lists: Mapping[str, CodeListSpec]) -> Schema:
    shape = _quantity(element) if element.type == "quantity" else _scalar(element, code_lists)
    return {"title": element.label, "description": element.definition, **shape, **_annotations(element)}


def _scalar(element: ElementSpec, code_lists: Mapping[str, CodeListSpec]) -> Schema:
    if element.type == "code":
        codes = code_lists.get(element.code_list)
        return {"enum": sorted(codes.codes)} if codes else {"type": "string"}
    if element.type in ("integer", "decimal"):
        return {"type": "integer" if element.type == "integer" else "number", **_range(element)}
    if element.type == "boolean":
        return {"type": "boolean"}
    if element.type in ("date", "datetime"):
        is_date = element.type == "date"
        return {
            "type": "string",
            "format": "date" if is_date else "date-time",
            "pattern": DATE if is_date else DATETIME,
        }
    return {"type": "string", "minLength": 1, **_text(element)}


def _text(element: ElementSpec) -> Schema:
    shape: Schema = {"maxLength": element.max_length} if element.max_length else {}
    return {**shape, "pattern": anchored(element.pattern)} if element.pattern else shape


def _quantity(element: ElementSpec) -> Schema:
    return {
        "type": "object",
        "properties": {"value": {"type": "number", **_range(element)}, "unit": {"const": element.unit}},
        "required": ["value", "unit"],
        "additionalProperties": False,
    }


def _range(element: ElementSpec) -> Schema:
    limits = {"minimum": element.minimum, "maximum": element.maximum}
    return {name: _number(limit) for name, limit in limits.items() if limit is not None}


def _number(limit: Decimal) -> int | Decimal:
    """A whole limit as int; both are written digit by digit by `values.json.dumps`."""
    return int(limit) if limit == limit.to_integral_value() else limit


def _annotations(element: ElementSpec) -> Schema:
    """Only what is declared; decimals as text, as in the element's own content."""
    notes = {
        "x-element": element.key,
        "x-unit": element.unit,
        "x-digits": element.digits,
        "x-significant": element.significant,
        "x-rounding": element.rounding if element.is_numeric else "",
        "x-tolerance-abs": _plain(element.tolerance_abs),
        "x-tolerance-rel": _plain(element.tolerance_rel),
        "x-code-list": element.code_list,
        "x-reference": element.reference,
        "x-owner-system": element.owner_system,
        "x-criticality": element.criticality,
        "x-data-class": element.data_class,
    }
    return {name: value for name, value in notes.items() if value not in ("", None)}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
