"""An interface in production with its control document, made through the one door of every change."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from governance.changes import propose
from governance.changes.operation import Operation
from governance.changes.proposing import companions
from governance.models import ChangeRequest
from tests.factories.world import REASON, icd, interface

WRITTEN = {
    "purpose": "Results reach the quality record of their lot.",
    "owners": [{"side": "Laboratory", "name": "Mara Vogt", "contact": "phone 4310"}],
    "error_handling": "What cannot be read waits in quarantine.",
    "escalation": [{"after": "30 minutes", "who": "Owner", "contact": "phone 4102"}],
    "service_level": "Day and night, within two minutes.",
    "security": "A bearer token that the laboratory keeps.",
}


def wanted(*contents: tuple[str, dict[str, Any] | None, str]) -> list[Operation]:
    """Operations of (kind, content, key); no content retires the object."""
    return [Operation(kind, key, content) for kind, content, key in contents]


def put(operations: Sequence[Operation], by: Any, *, bring: bool = True) -> ChangeRequest:
    """``bring`` does what the pages do: documents come along."""
    whole = companions.bring(operations) if bring else operations
    return propose(operations=whole, title="A document", by=by, reason=REASON)


def document(**more: Any) -> dict[str, Any]:
    """ICD-0001 with every part written, for IF-001."""
    return icd(interfaces=["IF-001"], **WRITTEN, **more)


def put_into_production(by: Any) -> ChangeRequest:
    """IF-001 in production, described whole by ICD-0001: in force at once, or proposed where policies are."""
    whole = wanted(("icd", document(), "ICD-0001"), ("interface", interface(stage="production"), "IF-001"))
    return put(whole, by)


def describe(world: SimpleNamespace) -> SimpleNamespace:
    """IF-001 in production, before there are policies."""
    put_into_production(world.cast.olga)
    return world
