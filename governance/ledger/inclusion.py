"""The proof that one row stands in the sealed log, for somebody who has neither the log nor the database.

RFC 6962, section 2.1.1. The checkpoint before the leaf holds the roots of the perfect subtrees up to there, so that
only the leaves of one checkpoint are read, however long the log is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from governance.errors import Refused
from governance.ledger.leaf import COLUMNS, leaf_bytes, leaf_hash
from governance.ledger.tree import node_hash
from governance.models import LedgerEntry, SealedCheckpoint, SealedLeaf

Span = tuple[int, int]  # of leaves: the first, and the one after the last


@dataclass(frozen=True, slots=True)
class Inclusion:
    """``leaf`` are the bytes that were hashed, ``path`` the siblings from there to the root of ``checkpoint``, hex."""

    leaf: str
    index: int
    path: tuple[str, ...]
    checkpoint: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "path": list(self.path)}


def of_row(table: str, key: UUID) -> Inclusion | None:
    """Of the line that says that this row was written; None while no checkpoint is over it.

    Raises Refused where the line is not what was sealed.
    """
    rows = LedgerEntry.objects.filter(table_name=table, row_key__in=[str(key), key.hex], operation="insert")
    line = rows.values(*COLUMNS).first()
    leaf = SealedLeaf.objects.filter(number=line["number"]).first() if line else None
    if line is None or leaf is None:
        return None
    said = leaf_bytes(line, attested=leaf.attested, evidence=leaf.evidence, withheld=leaf.withheld)
    if leaf_hash(said) != leaf.hash:
        raise Refused(
            f"Ledger line {line['number']} is not what was sealed: run `manage.py fsck`, and tell quality.",
            field="ledger",
            value=str(line["number"]),
            rule="as it was sealed",
        )
    checkpoints = SealedCheckpoint.objects.order_by("size")
    over = checkpoints.filter(size__gt=leaf.position).first()
    if over is None:
        return None
    path = _path(leaf.position, (0, over.size), _nodes(checkpoints.filter(size__lte=leaf.position).last(), over))
    return Inclusion(said.decode("ascii"), leaf.position, tuple(one.hex() for one in path), over.note)


def _nodes(before: SealedCheckpoint | None, over: SealedCheckpoint) -> dict[Span, bytes]:
    """What is known: the perfect subtrees before this checkpoint, and each of its leaves."""
    size, roots = (before.size, before.state["roots"]) if before else (0, [])
    found, at = dict[Span, bytes](), 0
    for bit, root in zip(_bits(size), roots, strict=True):
        found[at, at + bit] = bytes.fromhex(root)
        at += bit
    leaves = SealedLeaf.objects.filter(position__gte=size, position__lt=over.size).values_list("position", "hash")
    return found | {(position, position + 1): bytes.fromhex(text.partition(":")[2]) for position, text in leaves}


def _bits(size: int) -> Sequence[int]:
    """The powers of two of which it is the sum, the largest first."""
    return [1 << bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]


def _path(index: int, span: Span, nodes: Mapping[Span, bytes]) -> list[bytes]:
    first, end = span
    if end - first == 1:
        return []
    middle = first + (1 << (end - first - 1).bit_length() - 1)
    if index < middle:
        return [*_path(index, (first, middle), nodes), _root((middle, end), nodes)]
    return [*_path(index, (middle, end), nodes), _root((first, middle), nodes)]


def _root(span: Span, nodes: Mapping[Span, bytes]) -> bytes:
    if span in nodes:
        return nodes[span]
    first, end = span
    middle = first + (1 << (end - first - 1).bit_length() - 1)
    return node_hash(_root((first, middle), nodes), _root((middle, end), nodes))
