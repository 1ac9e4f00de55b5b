"""Whether the content of a dictionary kind can be trusted: first its shape, by JSON Schema; then its
meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dictionary.contracts.validate import check
from dictionary.validation.meaning import (
    code_list_problems,
    contract_problems,
    element_problems,
    entity_problems,
    mapping_problems,
)
from dictionary.validation.schemas import SCHEMAS

_MEANING: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "element": element_problems,
    "code_list": code_list_problems,
    "entity": entity_problems,
    "local_term": lambda content: [],
    "mapping": mapping_problems,
    "contract": contract_problems,
}


def problems(kind: str, content: Mapping[str, Any]) -> list[str]:
    """Sentences that name field, value and rule; meaning is looked at only where the shape is right."""
    shape = [violation.sentence for violation in check(content, SCHEMAS[kind], f"dictionary:{kind}")]
    return shape or _MEANING[kind](content)
