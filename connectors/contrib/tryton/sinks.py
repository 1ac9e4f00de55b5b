"""What we write to Tryton: a lot into quarantine, and references on the alert that asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.base import Sink
from connectors.errors import Misconfigured, RecordRejected
from connectors.records import Receipt, Record

if TYPE_CHECKING:
    from .connector import Tryton

SHIPMENT = "stock.shipment.internal"
STEPS = (("draft", "wait"), ("waiting", "assign_try"), ("assigned", "do"))


class Quarantine(Sink):
    """Moves what storage holds of a lot to quarantine, by an internal shipment that carries our key.

    A shipment takes four calls. One that an earlier try left halfway is found by its key and taken to its
    end; only a shipment that is done counts as an effect that stands.
    """

    connector: Tryton
    name = "quarantine"

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        shipment = self._by_key(idempotency_key) or self._create(record.data, idempotency_key)
        for state, button in STEPS:
            if shipment["state"] == state:
                self.connector.tell(SHIPMENT, button, [shipment["id"]])
                shipment = self._by_key(idempotency_key) or shipment
        if shipment["state"] != "done":
            raise RecordRejected(
                f"The quarantine shipment {shipment['number']} stands at {shipment['state']!r} and not at "
                "'done': the stock of the lot is reserved elsewhere, or a person has changed the shipment."
            )
        return self._receipt(shipment)

    def find(self, record: Record, *, idempotency_key: str) -> Receipt | None:
        """Half a shipment is no effect: the next write finishes it."""
        shipment = self._by_key(idempotency_key)
        return self._receipt(shipment) if shipment and shipment["state"] == "done" else None

    def _by_key(self, key: str) -> dict[str, Any] | None:
        found = self.connector.rows(SHIPMENT, [["interlock_key", "=", key]], ["number", "state"])
        return found[0] if found else None

    def _receipt(self, shipment: Mapping[str, Any]) -> Receipt:
        return Receipt(shipment["number"], self.connector.link(SHIPMENT, shipment["id"]))

    def _create(self, data: Mapping[str, Any], key: str) -> dict[str, Any]:
        settings = self.connector.settings
        places = self._places(settings.storage_location, settings.quarantine_location)
        lot = self._lot(data, places["from_location"])
        move = {"product": lot["product"], "unit": lot["default_uom"], "lot": lot["id"], **places}
        shipment = {
            "company": self.connector.context["company"],
            **places,
            "reference": text(data, "reference"),
            "interlock_key": key,
            "interlock_original_id": text(data, "original_id"),
            "interlock_mapping_revision": text(data, "mapping_revision"),
            "moves": [["create", [{**move, "quantity": float(lot["quantity"])}]]],  # a float in Tryton itself
        }
        (shipment_id,) = self.connector.tell(SHIPMENT, "create", [shipment])
        return {"id": shipment_id, "number": "(new)", "state": "draft"}

    def _places(self, storage: str, quarantine: str) -> dict[str, int]:
        rows = self.connector.rows("stock.location", [["code", "in", [storage, quarantine]]], ["code"])
        found = {row["code"]: row["id"] for row in rows}
        for code in (storage, quarantine):
            if code not in found:
                raise Misconfigured(f"Tryton has no location with the code {code!r}, which the settings name.")
        return {"from_location": found[storage], "to_location": found[quarantine]}

    def _lot(self, data: Mapping[str, Any], storage: int) -> dict[str, Any]:
        """The lot of that number, with what storage holds of it now. A number may recur among products."""
        number, product = required(data, "lot"), text(data, "product")
        domain = [["number", "=", number], *([["product.code", "=", product]] if product else [])]
        fields = ["product", "default_uom", "quantity"]
        found = self.connector.rows("stock.lot", domain, fields, locations=[storage])
        if len(found) != 1:
            how_many = "no lot" if not found else f"{len(found)} lots"
            what = f"{number!r} of product {product!r}" if product else repr(number)
            raise _wrong("lot", f"Tryton has {how_many} {what}; exactly one was expected.")
        if found[0]["quantity"] <= 0:
            raise _wrong("lot", f"Lot {number!r} has no stock in {self.connector.settings.storage_location!r}.")
        return found[0]


class AlertReferences(Sink):
    """Shows on an alert what became of it. Only the fields that a record brings are written, so that the
    shipment and the task may come one after the other; writing them twice changes nothing."""

    connector: Tryton
    name = "alert_references"
    idempotent = True

    FIELDS = {
        "quarantine_reference": "quarantine_reference",
        "tracker_reference": "tracker_reference",
        "tracker_url": "tracker_url",
        "original_id": "interlock_original_id",
        "mapping_revision": "interlock_mapping_revision",
    }

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        number = required(record.data, "alert")
        values = {theirs: text(record.data, ours) for ours, theirs in self.FIELDS.items() if ours in record.data}
        if not values:
            raise _wrong("alert", f"There is nothing to write on alert {number!r}: no reference was given.")
        found = self.connector.rows("quality.alert", [["number", "=", number]], [])
        if len(found) != 1:
            raise _wrong("alert", f"Tryton has no alert {number!r}.")
        alert = found[0]["id"]
        self.connector.tell("quality.alert", "write", [alert], values)
        return Receipt(number, self.connector.link("quality.alert", alert))


def required(data: Mapping[str, Any], field: str) -> str:
    value = text(data, field)
    if not value:
        raise _wrong(field, f"The field {field!r} is empty; Tryton cannot be told without it.")
    return value


def text(data: Mapping[str, Any], field: str) -> str | None:
    value = data.get(field)
    return None if value in (None, "") else str(value)


def _wrong(field: str, sentence: str) -> RecordRejected:
    return RecordRejected(sentence, field_errors={field: sentence})
