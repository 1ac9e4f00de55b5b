"""What is sent with the acts of the truth table: enough that only the right decides. Others need just a reason."""

from __future__ import annotations

import json
from typing import Any

from tests.factories.cast import PASSWORD
from tests.factories.world import contents, element, interface, to_canonical
from tests.truth.people import GIVEN, NOT_GIVEN
from tests.truth.subjects import TERM

REASON = {"reason": "The truth table asks for it"}
WORDS = {**REASON, "title": "What the truth table asks for"}
FORM = {**WORDS, "do": "propose", "mode": "ready", "base": "1.0.0"}  # the last step of a proposal on the pages
KNOWN = {(kind, content["key"]): content for kind, content in contents("https://qms.example")}
KNOWN |= {("local_term", TERM["key"]): TERM, ("interface", NOT_GIVEN): interface(key=NOT_GIVEN)}
CHANGED = element("glucose", "quantity", unit="g/L", digits=3)
NEW = element("newcomer", "text", max_length=40)
NEW_MAPPING = to_canonical(key="newcomer", label="New Comer")


def _form(content: dict[str, Any], **more: str) -> dict[str, Any]:
    return {**FORM, "content": json.dumps(content), **more}


BODIES: dict[str, dict[str, Any]] = {
    "sign-in": {"username": "nobody", "password": "wrong"},
    "sign-in-code": {"code": "000000"},
    "review": {"conclusion": "The truth table asks for it"},
    "account-password": {
        "present_password": PASSWORD,
        "new_password": "seven green lamps",
        "again": "seven green lamps",
    },
    "account-second-factor": {"present_password": PASSWORD, "code": "000000"},
    "account-enrol": {**REASON, "username": "newcomer", "full_name": "New Comer"},
    "account-give-role": {**REASON, "role": "reviewer"},
    "account-take-role": {**REASON, "role": "operator"},
    "account-same-person": {**REASON, "other": "otto"},
    "account-give-right": {**REASON, "kind": "interface", "key": GIVEN, "right": "propose_interface"},
    "account-take-right": {**REASON, "kind": "interface", "key": GIVEN, "right": "view_interface"},
    "role-give-interface": {**REASON, "role": "operator", "key": NOT_GIVEN},
    "role-take-interface": {**REASON, "role": "operator", "key": GIVEN},
    "service-account-token": {**REASON, "days": 30},
    "delivery-decide <doubtful>": {**REASON, "decision": "cancel"},
    "delivery-decide <said>": {**REASON, "proposal": "<proposal>"},
    "sign-out": {},
    "sign": {"intent": "<intent>", "username": "approver", "password": PASSWORD},
    "signature-withdraw": {**REASON, "username": "approver", "password": PASSWORD},
    "connection-check": {},
    "message-mask": {},
    "view-forget": {},
    "exceptions-assign": {**REASON, "person": "otto"},
    "api-exception-assign": {**REASON, "person": "otto"},
    "api-exception-link": {**REASON, "deviation": "DEV-2026-0117"},
    "exceptions-link": {**REASON, "deviation": "DEV-2026-0117"},
    "impact-description": {"system": "lims", "document": "ICD-0001", "new": '{"type": "object"}'},
    "icd": {"candidate": '{"type": "object"}'},
    "replay-new": {**REASON, "mode": "current_release", "message": "<held>"},
    "mapping-preview": {"sample": "{}"},
    "mapping-new": _form(NEW_MAPPING, base=""),
    "mapping-edit": _form(to_canonical(label="Changed")),
    "change-act": REASON,
    "change-drop": REASON,
    "change-disposition": {"verdict": "accepted", "comment": "It stays readable for us"},
    "change-speak": {"objects": "element shade", "verdict": "accepted", "comment": "It stays readable for us"},
    "propose-new": _form(NEW, base=""),
    "propose-change": _form(CHANGED),
    "propose-retire": {**WORDS, "base": "1.0.0"},
    "view-save": {"listing": "messages", "name": "Held", "query": ""},
    "api-changes": {**WORDS, "operations": [{"kind": "element", "key": "glucose", "content": CHANGED}]},
    "api-decision": {**REASON, "decision": "cancel"},
    "api-decision-confirm": {**REASON, "proposal": "<proposal>"},
    "api-impact-descriptions": {"system": "lims", "document": "ICD-0001", "new": {"type": "object"}},
    "api-mapping-back-test": {"content": to_canonical(), "last": 20},
    "api-mapping-preview": {"sample": {"sample": "S-1", "lot": "L-1"}},
    "api-replay-dry-run": {"mode": "current_release", "messages": ["<held>"]},
    "api-unmask": {**REASON, "stage": "received"},
    "api-replays": {**REASON, "mode": "current_release", "messages": ["<held>"]},
}
KINDS = {
    "api-code-lists-one": "code_list",
    "api-connections-one": "connection",
    "api-elements-one": "element",
    "api-entities-one": "entity",
    "api-icds-one": "icd",
    "api-interface": "interface",
    "api-local-terms-one": "local_term",
    "api-mappings-one": "mapping",
    "api-systems-one": "system",
    "api-approval-policies-one": "approval_policy",
}


def body_of(method: str, name: str, args: tuple[str, ...], subjects: dict[str, str]) -> dict[str, Any]:
    """The body for one door, its ``<names>`` replaced."""
    if method in ("PUT", "DELETE"):
        return _proposal(method, name, args)
    body = BODIES.get(" ".join((name, *args)), BODIES.get(name, REASON))
    return {field: _filled(value, subjects) for field, value in body.items()}


def _proposal(method: str, name: str, args: tuple[str, ...]) -> dict[str, Any]:
    """A changed content of what the address names, or the words alone to retire it."""
    if method == "DELETE" or name not in KINDS:
        return WORDS
    key = args[0] if args else ""
    held = KNOWN.get((KINDS[name], key), {**NEW, "key": key})
    what = "term" if name == "api-local-terms-one" else "label"
    return {**WORDS, "content": {**held, what: "Changed"}}


def _filled(value: Any, subjects: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(one, subjects) for one in value]
    return subjects.get(value.strip("<>"), value) if isinstance(value, str) else value
