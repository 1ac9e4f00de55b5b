"""The quarantine shipment knows the hub's key, so that it can be asked for twice."""

from trytond.model import Unique, fields
from trytond.pool import PoolMeta

from .references import InterlockReferences


class ShipmentInternal(InterlockReferences, metaclass=PoolMeta):
    __name__ = "stock.shipment.internal"

    interlock_key = fields.Char("Interlock Key")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append(
            ("interlock_key_unique", Unique(table, table.interlock_key), "interlock.msg_key_unique")
        )

    @classmethod
    def copy(cls, shipments, default=None):
        default = {} if default is None else default.copy()
        for name in ("interlock_key", "interlock_original_id", "interlock_mapping_revision"):
            default.setdefault(name)
        return super().copy(shipments, default=default)
