"""The log and the rows beside it, one after the other, as they are exported and as ``verify.py`` takes them.

Rows are written as JSON by the database itself, as the ledger's triggers write them, so that both can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from governance.guard import tables
from governance.guard.tables import Guarded
from governance.ledger.attesting import SIGNS, WITHHELD, history_models
from governance.ledger.leaf import COLUMNS, NOT_APPLICABLE, evidence_of, leaf_bytes, leaf_hash
from governance.ledger.unsealed import without_leaf
from governance.ledger.verify import canonical, loads
from governance.models import AuditEvent, LedgerEntry, SealedCheckpoint, SealedLeaf

PORTION = 2000  # leaves a query
EVENTS = AuditEvent._meta.db_table
OPERATIONS = {sign: operation for operation, sign in SIGNS.items()}


def columns() -> dict[str, dict[str, list[str]]]:
    """Table → columns, of "history" and of "rows", for the manifest: none that is hidden or withheld."""
    guarded = in_ledger()
    return {
        "history": {one.table: sorted(_shown(one)) for one in guarded if one.history},
        "rows": {one.table: sorted(_shown(one)) for one in guarded},
    }


def in_ledger() -> list[Guarded]:
    """The tables whose rows have lines."""
    return [one for one in tables.each() if one.is_in_ledger]


def notes(start: int = 0) -> Iterator[str]:
    """Checkpoints from the one over ``start`` entries."""
    found = SealedCheckpoint.objects.filter(size__gte=max(start, 1)).order_by("size")
    yield from found.values_list("note", flat=True).iterator(PORTION)


def leaves(start: int = 0) -> Iterator[bytes]:
    """The leaf of each entry from position ``start``. What is no longer as it was sealed is said, with its old hash."""
    while portion := list(SealedLeaf.objects.filter(position__gte=start).order_by("position")[:PORTION]):
        numbers = [leaf.number for leaf in portion]
        lines = LedgerEntry.objects.filter(number__in=numbers).values(*COLUMNS)
        by_number = {line["number"]: line for line in lines}
        for leaf in portion:
            yield _leaf(leaf, by_number.get(leaf.number))
        start = portion[-1].position + 1


def unsealed() -> Iterator[bytes]:
    """Lines that have no leaf yet, as they would be without what only sealing says of them."""
    for line in without_leaf().values(*COLUMNS).iterator(PORTION):
        hidden = WITHHELD.get(line["table_name"], ())
        withheld = f":{','.join(hidden)}" if hidden else ""
        yield leaf_bytes(line, attested=NOT_APPLICABLE, withheld=withheld)


def history() -> Iterator[dict[str, Any]]:
    """Every history row: what the row was, and the evidence."""
    models = history_models()
    for one in in_ledger():
        if not one.history:
            continue
        row_json = RawSQL(_as_json(one, one.history), [])  # noqa: S611 - names come from models
        for row in models[one.table].objects.annotate(row_json=row_json).order_by("pk").iterator(PORTION):
            said = _picked(one, row.row_json)
            yield {
                "table": one.table, "key": said[one.key], "version": row.row_version,
                "operation": OPERATIONS[row.history_type], "row": said, "evidence": evidence_of(row),
            }  # fmt: skip


def audit_events() -> Iterator[dict[str, Any]]:
    yield from _rows(one for one in in_ledger() if one.table == EVENTS)


def present() -> Iterator[dict[str, Any]]:
    """Every row that stands in a table with lines, audit events apart."""
    yield from _rows(one for one in in_ledger() if one.table != EVENTS)


def _leaf(leaf: SealedLeaf, line: dict[str, Any] | None) -> bytes:
    if line is None:
        return canonical({"hash": leaf.hash, "leaf": None, "number": leaf.number})
    found = leaf_bytes(line, attested=leaf.attested, evidence=leaf.evidence, withheld=leaf.withheld)
    if leaf_hash(found) == leaf.hash:
        return found
    return canonical({"hash": leaf.hash, "leaf": loads(found), "number": leaf.number})


def _rows(guarded: Iterable[Guarded]) -> Iterator[dict[str, Any]]:
    for one in guarded:
        with connection.chunked_cursor() as cursor:
            cursor.execute(f'SELECT {_as_json(one, one.table)} FROM "{one.table}" ORDER BY "{one.key}"')  # noqa: S608
            for (text,) in cursor:
                said = _picked(one, text)
                yield {"table": one.table, "key": str(said[one.key]), "row": said}


def _picked(one: Guarded, text: str) -> dict[str, Any]:
    row = loads(text)
    return {name: row[name] for name in _shown(one)}


def _shown(one: Guarded) -> list[str]:
    return [name for name in one.told if name not in WITHHELD.get(one.table, ())]


def _as_json(one: Guarded, table: str) -> str:
    if connection.vendor == "postgresql":
        return f'to_jsonb("{table}")::text'
    pairs = (f"'{name}', {_value(one, table, name)}" for name in _shown(one))
    return f"json_object({', '.join(pairs)})"


def _value(one: Guarded, table: str, name: str) -> str:
    """As the triggers write it: bytes as hexadecimal digits."""
    return f'hex("{table}"."{name}")' if name in one.binary else f'"{table}"."{name}"'
