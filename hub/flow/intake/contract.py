"""The machine part of an ICD, compiled: what must arrive, and which keys are taken from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dictionary.contracts.validate import check, schema_hash
from dictionary.contracts.violations import Violation
from dictionary.mapping.paths import ABSENT, Path, compile_path
from dictionary.specs import ContractSpec

JOIN = "|"


def joined(parts: Iterable[str], by: str = JOIN) -> str:
    """One key of several values. No two lists give the same key: where a value holds the mark, it is escaped."""
    return by.join(part.replace("\\", "\\\\").replace(by, f"\\{by}") for part in parts)


class Contract:
    """One ICD revision. The keys are text; "" where the document has none."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.spec = ContractSpec.from_content(content)
        self._schema_key = schema_hash(self.spec.schema)
        self._idempotency = [compile_path(path) for path in self.spec.idempotency_key]
        self._ordering = compile_path(self.spec.ordering_key) if self.spec.ordering_key else None
        self._business = compile_path(self.spec.business_key) if self.spec.business_key else None

    @property
    def is_ordered(self) -> bool:
        return self.spec.order_policy != "none" and self._ordering is not None

    def violations(self, document: Any) -> list[Violation]:
        """Every rule of the schema that the document breaks."""
        return check(document, self.spec.schema, self._schema_key)

    def idempotency_key(self, document: Any) -> str:
        """The declared values joined; "" where one is missing, so that another key must be found."""
        parts = [_text(path, document) for path in self._idempotency]
        return joined(parts) if parts and all(parts) else ""

    def ordering_key(self, document: Any) -> str:
        return _text(self._ordering, document) if self._ordering and self.is_ordered else ""

    def business_key(self, document: Any) -> str:
        return _text(self._business, document) if self._business else ""


def _text(path: Path, document: Any) -> str:
    try:
        value = path.read(document)
    except ABSENT:
        return ""
    return "" if value is None else str(value)
