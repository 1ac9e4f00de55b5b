"""A code list: the codes that a value may take, and what other systems call them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Code:
    label: str
    definition: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class CodeListSpec:
    """Content: {key, label, definition, codes: {code: {label, definition, retired}},
    crosswalks: {system: {their code: our code}}, outbound: {system: {our code: their code}}}.

    `outbound` is needed only where a system has several codes for one of ours: it says which of them we send.
    """

    key: str
    label: str
    codes: Mapping[str, Code]
    definition: str = ""
    crosswalks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    outbound: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> CodeListSpec:
        codes = {code: Code(**meaning) for code, meaning in content["codes"].items()}
        return cls(**{**content, "codes": codes})
