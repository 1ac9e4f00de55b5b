"""A data element: one meaning, one type, one unit, one owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

ElementType = Literal["text", "integer", "decimal", "quantity", "date", "datetime", "boolean", "code", "reference"]
RoundingMode = Literal["half_even", "half_up", "down", "up"]
Criticality = Literal["low", "medium", "high", "critical"]
DataClass = Literal["public", "internal", "confidential", "personal"]

NUMERIC_TYPES = frozenset({"integer", "decimal", "quantity"})


def decimal_or_none(text: str | None) -> Decimal | None:
    return None if text in (None, "") else Decimal(text)


@dataclass(frozen=True, slots=True)
class ElementSpec:
    """Content: {key, label, definition, type, unit, digits, significant, rounding, tolerance_abs,
    tolerance_rel, code_list, reference, max_length, pattern, minimum, maximum, owner_system, criticality,
    data_class, notes}.

    Only key, label, definition and type must be there. `unit` is a UCUM code and belongs to a quantity.
    `digits` counts decimal places, `significant` significant digits; at most one of them. Tolerances and
    limits are decimals written as text, in the element's own unit. `reference` names the entity whose
    business key the value holds.
    """

    key: str
    label: str
    definition: str
    type: ElementType
    unit: str = ""
    digits: int | None = None
    significant: int | None = None
    rounding: RoundingMode = "half_even"
    tolerance_abs: Decimal | None = None
    tolerance_rel: Decimal | None = None
    code_list: str = ""
    reference: str = ""
    max_length: int | None = None
    pattern: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    owner_system: str = ""
    criticality: Criticality = "medium"
    data_class: DataClass = "internal"
    notes: str = ""

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> ElementSpec:
        """Read validated content; decimals come as text."""
        values = dict(content)
        for name in ("tolerance_abs", "tolerance_rel", "minimum", "maximum"):
            values[name] = decimal_or_none(values.get(name))
        return cls(**values)

    @property
    def is_numeric(self) -> bool:
        return self.type in NUMERIC_TYPES
