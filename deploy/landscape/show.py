"""What stands in both systems: alerts with their references, quarantine shipments, issues. One JSON document.

It asks the systems themselves, as their own people, so that the hub's word is checked and not repeated.
"""

from __future__ import annotations

import base64
import json
import urllib.request
from pathlib import Path

from inspect_lot import inspector_of
from layout import arguments

ALERT = [
    "number",
    "state",
    "interlock_original_id",
    "interlock_mapping_revision",
    "quarantine_reference",
    "tracker_reference",
    "tracker_url",
]
SHIPMENT = [
    "number",
    "state",
    "reference",
    "interlock_key",
    "interlock_original_id",
    "interlock_mapping_revision",
    "to_location.code",
]
ISSUE = "title,lot,interlock_key,interlock_original_id,interlock_mapping_revision,quarantine_reference,source_url"


def show(state: dict) -> dict:
    person = inspector_of(state)
    shipments = person.read("stock.shipment.internal", [], SHIPMENT)
    return {
        "alerts": person.read("quality.alert", [], ALERT),
        "shipments": [_with_lots(person, shipment) for shipment in shipments],
        "issues": _issues(state["roundup"]),
    }


def _with_lots(person, shipment: dict) -> dict:
    moves = person.read(
        "stock.move",
        [["shipment", "=", f"stock.shipment.internal,{shipment['id']}"]],
        ["lot.number", "quantity"],
    )
    return {**shipment, "lots": [[(move["lot."] or {}).get("number"), move["quantity"]] for move in moves]}


def _issues(system: dict) -> list[dict]:
    secret = Path(system["person_password_file"]).read_text(encoding="utf-8").strip()
    login = base64.b64encode(f"{system['person']}:{secret}".encode()).decode()
    request = urllib.request.Request(
        f"{system['direct_url']}/rest/data/issue?@fields={ISSUE}&@sort=id&@page_size=1000",
        headers={"Authorization": f"Basic {login}", "X-Requested-With": "rest"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["data"]["collection"]


if __name__ == "__main__":
    print(json.dumps(show(arguments("Print what stands in both systems.").parse_args().home.state()), indent=2))
