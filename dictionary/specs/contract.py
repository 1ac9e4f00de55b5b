"""The machine part of an interface control document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

OrderPolicy = Literal["strict", "none"]


@dataclass(frozen=True, slots=True)
class ContractSpec:
    """Content: {key, label, entity, schema: JSON Schema 2020-12, idempotency_key: [path], ordering_key: path,
    order_policy, business_key: path, version: text}.

    Paths are read in the received document: `$.id`. Several idempotency paths are joined in their order.
    """

    key: str
    label: str
    schema: Mapping[str, Any]
    idempotency_key: tuple[str, ...]
    entity: str = ""
    ordering_key: str = ""
    order_policy: OrderPolicy = "none"
    business_key: str = ""
    version: str = ""

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> ContractSpec:
        own = {one.name: content[one.name] for one in fields(cls) if one.name in content}  # the rest is for people
        return cls(**{**own, "idempotency_key": tuple(content["idempotency_key"])})
