"""A local term: what one system calls an element, and how close the two meanings are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Relation = Literal["same", "narrower", "broader", "derived"]


@dataclass(frozen=True, slots=True)
class LocalTermSpec:
    """Content: {key, system, term, element, relation, context, definition}.

    The relation is read from the term: "narrower" says that the term means less than the element does.
    `context` is where it holds, such as "packaging line, per shift": a word may mean different elements in
    different contexts, so the key ("mes_yield_loss_packaging") is its own.
    """

    key: str
    system: str
    term: str
    element: str
    relation: Relation
    context: str = ""
    definition: str = ""

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> LocalTermSpec:
        return cls(**content)
