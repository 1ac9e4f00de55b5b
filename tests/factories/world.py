"""A small governed world, made through the same door as everything: ``changes.propose``."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.services import service_accounts
from hub.services.grants import allow_role, grant

REASON = "The world of a test"
INTERFACE = "IF-001"


def element(key: str, type: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "label": key.replace("_", " ").title(),
        "definition": f"The {key} of a test.",
        "type": type,
        **more,
    }


def contents(target_url: str) -> list[tuple[str, dict[str, Any]]]:
    """(kind, content) of everything in the world."""
    return [
        (
            "system",
            {
                "key": "lims",
                "label": "Lab system",
                "category": "lims",
                "owner": "Laboratory",
                "level": 3,
                "gxp": True,
            },
        ),
        (
            "system",
            {
                "key": "qms",
                "label": "Quality system",
                "category": "qms",
                "owner": "Quality",
                "level": 3,
                "gxp": True,
            },
        ),
        (
            "code_list",
            {
                "key": "verdict",
                "label": "Verdict",
                "codes": {"pass": {"label": "Passed"}, "fail": {"label": "Failed"}},
                "crosswalks": {"lims": {"OK": "pass", "NOK": "fail"}},
            },
        ),
        ("element", element("reference", "text", max_length=40)),
        ("element", element("lot", "text", max_length=40)),
        ("element", element("glucose", "quantity", unit="g/L", digits=2)),
        ("element", element("verdict", "code", code_list="verdict")),
        ("element", element("measured_at", "datetime")),
        (
            "entity",
            {
                "key": "result",
                "label": "Result",
                "business_key": ["reference"],
                "fields": [
                    {"name": "reference", "element": "reference", "required": True},
                    {"name": "lot", "element": "lot", "required": True},
                    {"name": "glucose", "element": "glucose", "required": False},
                    {"name": "verdict", "element": "verdict", "required": False},
                    {"name": "measured_at", "element": "measured_at", "required": False},
                ],
            },
        ),
        ("icd", icd()),
        ("mapping", to_canonical()),
        ("mapping", to_target()),
        ("connection", connection(target_url)),
        ("interface", interface()),
    ]


def icd(**more: Any) -> dict[str, Any]:
    return {
        "key": "ICD-0001",
        "label": "Results of the lab system",
        "entity": "result",
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["sample", "lot"],
            "properties": {"sample": {"type": "string", "minLength": 1}, "lot": {"type": "string"}},
        },
        "idempotency_key": ["$.sample"],
        "ordering_key": "$.lot",
        "order_policy": "strict",
        "business_key": "$.sample",
        **more,
    }


def to_canonical(**more: Any) -> dict[str, Any]:
    return {
        "key": "lims-result",
        "label": "Result of the lab system",
        "entity": "result",
        "direction": "to_canonical",
        "source": "lims/result",
        "rules": [
            {"target": "reference", "path": "$.sample"},
            {"target": "lot", "path": "$.lot"},
            {"target": "glucose", "path": "$.glucose.value", "unit": {"from_path": "$.glucose.unit"}},
            {"target": "verdict", "path": "$.verdict", "codes": {"system": "lims"}},
            {
                "target": "measured_at",
                "path": "$.at",
                "date": {"format": "%d.%m.%Y %H:%M", "zone": "Europe/Zurich"},
            },
        ],
        **more,
    }


def to_target(**more: Any) -> dict[str, Any]:
    return {
        "key": "qms-result",
        "label": "Result for the quality system",
        "entity": "result",
        "direction": "to_target",
        "target": "qms/result",
        "rules": [
            {"target": "reference", "path": "$.reference"},
            {"target": "lot", "path": "$.lot"},
            {"target": "verdict", "path": "$.verdict"},
            {"target": "origin", "path": "$.hub.original_id"},
            {"target": "mapping", "path": "$.hub.mapping_revision"},
        ],
        **more,
    }


def connection(target_url: str, **sink: Any) -> dict[str, Any]:
    return {
        "key": "qms-rest",
        "label": "REST door of the quality system",
        "system": "qms",
        "connector": "rest",
        "settings": {
            "base_url": target_url,
            "read_timeout": 5,
            "sinks": [{"name": "results", "path": "/results", "idempotency_header": "Idempotency-Key", **sink}],
        },
    }


def interface(**more: Any) -> dict[str, Any]:
    return {
        "key": INTERFACE,
        "label": "Results to quality",
        "owner": "Olga Brandt",
        "gxp": True,
        "source": {"system": "lims", "mode": "push"},
        "icd": "ICD-0001",
        "mapping": "lims-result",
        "routes": [{"key": "qms", "connection": "qms-rest", "sink": "results", "mapping": "qms-result"}],
        "retry": {"base_seconds": 1, "cap_seconds": 2, "max_attempts": 5},
        **more,
    }


def release(*operations: tuple[str, dict[str, Any]], by: Any = DEMONSTRATION) -> None:
    """Put contents in force."""
    wanted = [Operation(kind, content["key"], content) for kind, content in operations]
    propose(operations=wanted, title="A world", by=by, reason=REASON)


def make_world(cast: SimpleNamespace, target: Any) -> SimpleNamespace:
    """Everything released, one service account that may send and read, rights for the cast."""
    release(*contents(target.url))
    account = service_accounts.ensure(key="lims", system_key="lims", by=DEMONSTRATION, reason=REASON)
    for direction in ("send", "read"):
        grant(account=account, interface_key=INTERFACE, direction=direction, by=DEMONSTRATION, reason=REASON)
    expires_at = timezone.now() + timedelta(days=1)
    token = service_accounts.issue_token(account=account, expires_at=expires_at, by=DEMONSTRATION, reason=REASON)
    for role in ("operator", "reviewer", "quality approver", "auditor"):
        allow_role(role=role, permission="view_interface", interface_key=INTERFACE, by=DEMONSTRATION, reason=REASON)
    for role in ("operator", "quality approver"):
        for right in ("operate_interface", "read_payload"):
            allow_role(role=role, permission=right, interface_key=INTERFACE, by=DEMONSTRATION, reason=REASON)
    return SimpleNamespace(cast=cast, target=target, account=account, token=token, interface=INTERFACE)


def sample(number: int, lot: str = "L-1", **more: Any) -> dict[str, Any]:
    """A sound result."""
    return {
        "sample": f"S-{number}",
        "lot": lot,
        "glucose": {"value": "90", "unit": "mg/dL"},
        "verdict": "OK",
        "at": "21.11.2026 08:30",
        **more,
    }
