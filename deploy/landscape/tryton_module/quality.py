"""What incoming quality needs beyond the standard: the lot, the unit, and the references written back."""

from trytond.model import fields
from trytond.pool import PoolMeta

from .references import InterlockReferences


class Inspection(metaclass=PoolMeta):
    __name__ = "quality.inspection"

    lot = fields.Many2One("stock.lot", "Lot", ondelete="RESTRICT")


class ControlPoint(metaclass=PoolMeta):
    __name__ = "quality.control.point"

    unit = fields.Char("Unit", help="The unit in which the point is measured, as the laboratory writes it.")


class Alert(InterlockReferences, metaclass=PoolMeta):
    __name__ = "quality.alert"

    quarantine_reference = fields.Char("Quarantine Shipment")
    tracker_reference = fields.Char("Task")
    tracker_url = fields.Char("Task Link")
