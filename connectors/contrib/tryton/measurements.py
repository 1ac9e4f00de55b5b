"""Inspections in words: which lot of whom was measured, by what, and how far it was from its limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .connector import Tryton

FIELDS = (
    "number",
    "reference",
    "state",
    "points",
    "processed_at",
    "origin",
    "control",
    "control.name",
    "lot.number",
    "lot.product.code",
    "lot.product.name",
)
POINT = ("control", "name", "string", "unit", "type_", "tolerance_lower", "tolerance_upper")
SHIPMENT = "stock.shipment.in"


def inspected(tryton: Tryton, domain: Sequence) -> dict[int, dict[str, Any]]:
    """Inspection id → its part of a record. Three questions, however many inspections."""
    rows = tryton.rows("quality.inspection", domain, FIELDS)
    points = _points(tryton, {row["control"] for row in rows})
    shipments = _shipments(tryton, [row["origin"] for row in rows])
    return {row["id"]: _words(row, points[row["control"]], shipments) for row in rows}


def _words(row: Mapping[str, Any], points: Sequence[Mapping], shipments: Mapping) -> dict[str, Any]:
    lot = row.get("lot.") or {}
    product = lot.get("product.") or {}
    measurements = [_measurement(point, (row["points"] or {}).get(point["name"])) for point in points]
    failed = [measurement for measurement in measurements if measurement["within"] is False]
    return {
        "inspection": row["number"],
        "inspection_state": row["state"],
        "inspected_at": row["processed_at"] and row["processed_at"].isoformat(),
        "control": (row.get("control.") or {}).get("name"),
        "lot": lot.get("number"),
        "product": product.get("code"),
        "product_name": product.get("name"),
        **shipments.get(row["origin"], {"supplier": None, "supplier_name": None, "shipment": None}),
        "measurements": measurements,
        "failed": failed[0] if failed else None,
        "summary": "; ".join(_sentence(measurement) for measurement in failed),
    }


def _measurement(point: Mapping[str, Any], value: Any) -> dict[str, Any]:
    lower, upper = point["tolerance_lower"], point["tolerance_upper"]
    return {
        "point": point["name"],
        "label": point["string"],
        "value": value,
        "unit": point["unit"],
        "lower": lower,
        "upper": upper,
        "within": _within(point["type_"], value, lower, upper),
    }


def _within(kind: str, value: Any, lower: Any, upper: Any) -> bool:
    """As Tryton judges: nothing measured is not within; a yes-or-no point is its own answer."""
    if kind == "boolean" or value is None:
        return bool(value)
    return (lower is None or value >= lower) and (upper is None or value <= upper)


def _sentence(measurement: Mapping[str, Any]) -> str:
    unit = f" {measurement['unit']}" if measurement["unit"] else ""
    limits = f"{_shown(measurement['lower'])} to {_shown(measurement['upper'])}"
    return f"{measurement['label']} is {_shown(measurement['value'])}{unit}, outside {limits}{unit}"


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _points(tryton: Tryton, controls: set[int]) -> dict[int, list[dict]]:
    found = defaultdict(list)
    if controls:
        for point in tryton.rows("quality.control.point", [["control", "in", sorted(controls)]], POINT):
            found[point["control"]].append(point)
    return found


def _shipments(tryton: Tryton, origins: Sequence[str | None]) -> dict[str, dict[str, Any]]:
    """Reference of a supplier's shipment → who sent it."""
    prefix = f"{SHIPMENT},"
    ids = sorted({int(origin[len(prefix) :]) for origin in origins if origin and origin.startswith(prefix)})
    if not ids:
        return {}
    rows = tryton.rows(SHIPMENT, [["id", "in", ids]], ["number", "supplier.code", "supplier.name"])
    return {
        f"{prefix}{row['id']}": {
            "supplier": row["supplier."]["code"],
            "supplier_name": row["supplier."]["name"],
            "shipment": row["number"],
        }
        for row in rows
    }
