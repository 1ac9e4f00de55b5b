"""A world of several systems: two sources feed one entity through one mapping out, and a third has its own."""

from __future__ import annotations

import json
from typing import Any

from tests.factories.world import connection, element, icd, interface, release, to_canonical

CASE = {"name": "a sound one", "sample": json.dumps({"id": "M-1", "charge": {"no": "L-9"}}),
        "expected": json.dumps({"reference": "M-1", "lot": "L-9"})}  # fmt: skip


def make_several(target_url: str) -> None:
    """Beside ``make_world``: mes feeds IF-003 by a mapping of its own, crm feeds IF-004 and its own entity."""
    release(*_systems(), ("element", element("complaint", "text", owner_system="crm", criticality="critical")))
    release(
        ("entity", {"key": "complaint", "label": "Complaint", "business_key": ["complaint"],
                    "fields": [{"name": "complaint", "element": "complaint", "required": True}]}),
        ("icd", icd(key="ICD-0003", label="Results of the line", schema={"type": "object"}, idempotency_key=["$.id"],
                    ordering_key="", order_policy="none", business_key="")),
        ("icd", icd(key="ICD-0004", label="Complaints", entity="complaint", schema={"type": "object"},
                    idempotency_key=["$.Id"], ordering_key="", order_policy="none", business_key="")),
        ("mapping", from_the_line()),
        ("mapping", from_the_crm()),
        ("mapping", to_canonical(key="qms-complaint", label="Complaint for quality", entity="complaint",
                                 direction="to_target", source="", target="qms/complaint",
                                 rules=[{"target": "text", "path": "$.complaint"}])),
        ("connection", {**connection(target_url), "key": "qms-rest-2"}),
        ("interface", interface(key="IF-003", label="The line to quality", owner="Ivo Keller", criticality="high",
                                source={"system": "mes", "mode": "push"}, icd="ICD-0003", mapping="mes-result",
                                objective={"p95_ms": 2000})),
        ("interface", interface(key="IF-004", label="Complaints to quality", owner="Quinn Mbeki", icd="ICD-0004",
                                source={"system": "crm", "mode": "push"}, mapping="crm-complaint",
                                routes=[{"key": "qms", "connection": "qms-rest-2", "sink": "results",
                                         "mapping": "qms-complaint"}])),
    )  # fmt: skip


def from_the_line(**more: Any) -> dict[str, Any]:
    return to_canonical(
        key="mes-result",
        label="Result of the line",
        source="mes/result",
        rules=[{"target": "reference", "path": "$.id"}, {"target": "lot", "path": "$.charge.no"}],
        cases=[CASE],
        **more,
    )


def from_the_crm() -> dict[str, Any]:
    rules = [{"target": "complaint", "path": "$.Subject", "when": "Status != 'spam'"}]
    return to_canonical(key="crm-complaint", label="Complaint", entity="complaint", source="crm/case", rules=rules)


def _systems() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("system", {"key": "mes", "label": "The line", "category": "mes", "owner": "Production", "level": 3,
                    "gxp": True, "criticality": "critical"}),
        ("system", {"key": "crm", "label": "Customer service", "category": "crm", "owner": "Service", "level": 4}),
    ]  # fmt: skip
