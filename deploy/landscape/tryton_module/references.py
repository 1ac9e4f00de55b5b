"""The fields that the hub fills on whatever it writes."""

from trytond.model import fields


class InterlockReferences:
    """Original id: the record's id in the system where it began; revision: the mapping that made it."""

    __slots__ = ()

    interlock_original_id = fields.Char("Original ID")
    interlock_mapping_revision = fields.Char("Mapping Revision")
