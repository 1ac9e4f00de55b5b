"""``python -m bench._world TARGET_URL``: migrates the hub's database, releases the route, prints a token."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import django

from bench import _records as records

INTERFACE, SINK = "IF-BENCH", "results"
REASON = "The world of a measurement"


def contents(target_url: str) -> list[tuple[str, dict[str, Any]]]:
    """(kind, content) of everything that the route needs."""
    return [
        *(("system", _system(key)) for key in ("lims", "qms")),
        ("code_list", _verdicts()),
        *(("element", _element(name)) for name in records.FIELDS),
        ("entity", _entity()),
        ("icd", _icd()),
        ("mapping", _inward()),
        ("mapping", _outward()),
        ("connection", _connection(target_url)),
        ("interface", _interface()),
    ]


def _system(key: str) -> dict[str, Any]:
    return {"key": key, "label": key.upper(), "category": key, "owner": "Laboratory", "level": 3, "gxp": True}


def _verdicts() -> dict[str, Any]:
    codes = {code: {"label": code.title()} for code in records.VERDICTS.values()}
    return {"key": "verdict", "label": "Verdict", "codes": codes, "crosswalks": {"lims": records.VERDICTS}}


def _element(name: str) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "verdict": {"type": "code", "code_list": "verdict"},
        "measured_at": {"type": "datetime"},
        **{number: {"type": "integer"} for number in records.NUMBERS},
        **{
            key: {"type": "quantity", "unit": unit, "digits": digits}
            for key, (_, unit, digits) in records.QUANTITIES.items()
        },
    }
    label = name.replace("_", " ").title()
    kind = kinds.get(name, {"type": "text", "max_length": 400})
    return {"key": name, "label": label, "definition": f"The {name} of a measured result.", **kind}


def _entity() -> dict[str, Any]:
    fields = [{"name": name, "element": name, "required": True} for name in records.FIELDS]
    return {"key": "result", "label": "Result", "business_key": ["result"], "fields": fields}


def _icd() -> dict[str, Any]:
    return {
        "key": "ICD-BENCH",
        "label": "Results of the lab system",
        "entity": "result",
        "schema": records.SCHEMA,
        "idempotency_key": ["$.result"],
        "ordering_key": "$.lot",
        "order_policy": "strict",
        "business_key": "$.result",
    }


def _inward() -> dict[str, Any]:
    date = {"format": records.DATE_FORMAT, "zone": records.ZONE}
    plain = [{"target": name, "path": f"$.{name}"} for name in (*records.TEXTS, *records.NUMBERS)]
    units = [
        {"target": name, "path": f"$.{name}.value", "unit": {"from_path": f"$.{name}.unit"}}
        for name in records.QUANTITIES
    ]
    verdict = {"target": "verdict", "path": "$.verdict", "codes": {"system": "lims"}}
    rules = [*plain, *units, verdict, {"target": "measured_at", "path": "$.measured_at", "date": date}]
    return _mapping("lims-result", rules, direction="to_canonical", source="lims/result")


def _outward() -> dict[str, Any]:
    rules = [{"target": name, "path": f"$.{name}"} for name in records.FIELDS]
    return _mapping("qms-result", rules, direction="to_target", target="qms/result")


def _mapping(key: str, rules: list[dict[str, Any]], **more: str) -> dict[str, Any]:
    return {"key": key, "label": f"Mapping {key}", "entity": "result", "rules": rules, **more}


def _connection(target_url: str) -> dict[str, Any]:
    sink = {"name": SINK, "path": f"/{SINK}", "idempotency_header": "Idempotency-Key", "at_once": 8}
    return {
        "key": "qms-rest",
        "label": "REST door of the quality system",
        "system": "qms",
        "connector": "rest",
        "settings": {"base_url": target_url, "read_timeout": 5, "sinks": [sink]},
    }


def _interface() -> dict[str, Any]:
    return {
        "key": INTERFACE,
        "label": "Results to quality",
        "owner": "Olga Brandt",
        "gxp": True,
        "source": {"system": "lims", "mode": "push"},
        "icd": "ICD-BENCH",
        "mapping": "lims-result",
        "routes": [{"key": "qms", "connection": "qms-rest", "sink": SINK, "mapping": "qms-result"}],
    }


def make(target_url: str) -> str:
    """Release everything and give the token of an account that may send."""
    from governance.actors import DEMONSTRATION
    from governance.changes import Operation, propose

    wanted = [Operation(kind, content["key"], content) for kind, content in contents(target_url)]
    propose(operations=wanted, title="The route that is measured", by=DEMONSTRATION, reason=REASON)
    return _token(DEMONSTRATION)


def _token(by: Any) -> str:
    from django.utils import timezone

    from governance.services import service_accounts
    from hub.services.grants import grant

    account = service_accounts.ensure(key="lims", system_key="lims", by=by, reason=REASON)
    grant(account=account, interface_key=INTERFACE, direction="send", by=by, reason=REASON)
    expires_at = timezone.now() + timedelta(days=1)
    return service_accounts.issue_token(account=account, expires_at=expires_at, by=by, reason=REASON)


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("partitions", verbosity=0)
    print(make(sys.argv[1]))


if __name__ == "__main__":
    main()
