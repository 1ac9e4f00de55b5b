"""Inspect a lot in Tryton as the inspector would: fill in the points of its control and process it.

A value out of tolerance fails the inspection, and Tryton opens a quality alert by itself. ``--control "Old
supplier sheet"`` measures in a unit that no standard knows: a record that the hub cannot map.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from layout import arguments
from tryton_rpc import Tryton


def inspect(inspector: Tryton, lot: str, *, control: str = "", passes: bool = False) -> dict:
    """The inspection and the alerts that it opened: ids, numbers and states as Tryton has them now."""
    lot_id, product = _lot(inspector, lot)
    control_id = _control(inspector, product, control)
    points = inspector.read(
        "quality.control.point",
        [["control", "=", control_id]],
        ["name", "tolerance_lower", "tolerance_upper"],
    )
    values = {point["name"]: _value(point, passes=passes or index > 0) for index, point in enumerate(points)}
    moves = inspector.read("stock.move", [["lot", "=", lot_id], ["from_location.type", "=", "supplier"]], ["shipment"])
    inspection = inspector.create(
        "quality.inspection",
        control=control_id,
        lot=lot_id,
        origin=moves[0]["shipment"],
        points=values,
    )
    inspector.call("quality.inspection", "process", [inspection])
    return _outcome(inspector, inspection, lot)


def inspector_of(state: dict) -> Tryton:
    system = state["tryton"]
    secret = Path(system["inspector_password_file"]).read_text(encoding="utf-8").strip()
    return Tryton(system["url"], system["database"], system["inspector"], secret)


def _lot(inspector: Tryton, number: str) -> tuple[int, int]:
    found = inspector.read("stock.lot", [["number", "=", number]], ["product"])
    if not found:
        known = inspector.read("stock.lot", [], ["number"])
        raise SystemExit(f"Tryton has no lot {number!r}; it has: {', '.join(lot['number'] for lot in known)}.")
    return found[0]["id"], found[0]["product"]


def _control(inspector: Tryton, product: int, name: str) -> int:
    """The control of that name, or the product's first."""
    found = inspector.find("quality.control", ["product", "=", product], *([["name", "=", name]] if name else []))
    if not found:
        raise SystemExit(f"The lot's product has no control {name!r}.")
    return found[0]


def _value(point: dict, *, passes: bool) -> Decimal:
    """The middle of the tolerance, or a little more than its upper limit."""
    lower, upper = (Decimal(str(point[f"tolerance_{side}"])) for side in ("lower", "upper"))
    return (lower + upper) / 2 if passes else upper + (upper - lower) / 4


def _outcome(inspector: Tryton, inspection: int, lot: str) -> dict:
    (found,) = inspector.read("quality.inspection", [["id", "=", inspection]], ["number", "state", "alerts"])
    alerts = inspector.read("quality.alert", [["id", "in", found["alerts"]]], ["number", "state"])
    return {"lot": lot, "inspection": found["number"], "state": found["state"], "alerts": alerts}


if __name__ == "__main__":
    parser = arguments("Inspect a lot in Tryton; without --passes the inspection fails.")
    parser.add_argument("lot", help="number of the lot, for example 2001-26001")
    parser.add_argument("--control", default="", help="name of the control (default: the product's first)")
    parser.add_argument("--passes", action="store_true")
    options = parser.parse_args()
    person = inspector_of(options.home.state())
    print(json.dumps(inspect(person, options.lot, control=options.control, passes=options.passes)))
