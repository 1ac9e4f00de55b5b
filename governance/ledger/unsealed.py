"""Which lines of the ledger may be sealed now, in which order: what is committed, and nothing that could be overtaken.

On PostgreSQL transactions commit in another order than they number their lines. A transaction below the oldest one that
is still open has ended, so lines are taken by (transaction, number) up to there: none that commits later can belong
before one that was taken. SQLite has one writer: the number is the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from governance.ledger.leaf import COLUMNS
from governance.models import LedgerEntry, SealedLeaf

OLDEST_OPEN = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the sealer has read: every line up to ``floor``, then up to the last (transaction, number).

    Lines have no transaction (0) on SQLite, and on PostgreSQL where a migration wrote them while there were no guards:
    of those, up to ``bare``.
    """

    xid: int = 0
    number: int = 0
    bare: int = 0
    floor: int = 0

    def after(self, lines: Sequence[Mapping[str, Any]]) -> Cursor:
        new = [line for line in lines if line["number"] > self.floor]  # beneath it everything is sealed, in any order
        bare = [line["number"] for line in new if not line["xid"]]
        xid, number = max(
            ((line["xid"], line["number"]) for line in new if line["xid"]), default=(self.xid, self.number)
        )
        return Cursor(xid, number, max(bare, default=self.bare), self.floor)

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def committed(cursor: Cursor, most: int) -> list[dict[str, Any]]:
    """The next lines that nobody can come before any more, at most so many."""
    rows = _beyond_floor(cursor)
    bare = list(rows.filter(_bare(cursor))[:most])
    if connection.vendor != "postgresql" or len(bare) == most:
        return bare
    settled = Q(xid__lt=RawSQL(OLDEST_OPEN, []))  # noqa: S611 - a constant
    return [*bare, *rows.filter(_later(cursor) & settled)[: most - len(bare)]]


def waiting(cursor: Cursor, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """All lines of these kinds that are sealed after ``cursor``, in order, settled or not: keep to rare kinds."""
    return list(_beyond_floor(cursor).filter(_bare(cursor) | _later(cursor), kind__in=kinds))


def _beyond_floor(cursor: Cursor) -> QuerySet[Any, dict[str, Any]]:
    return LedgerEntry.objects.filter(number__gt=cursor.floor).order_by("xid", "number").values(*COLUMNS)


def _bare(cursor: Cursor) -> Q:
    return Q(xid=0, number__gt=cursor.bare)


def _later(cursor: Cursor) -> Q:
    beyond = Q(xid__gt=cursor.xid) | Q(xid=cursor.xid, number__gt=cursor.number)
    return Q(xid__gt=0, xid__gte=cursor.xid) & beyond


def without_leaf() -> QuerySet[Any]:
    """Every line that is not sealed, by whatever order; reads the whole ledger."""
    leaf = SealedLeaf.objects.filter(number=OuterRef("number"))
    return LedgerEntry.objects.filter(~Exists(leaf)).order_by("xid", "number")


def passed_over(cursor: Cursor) -> QuerySet[Any]:
    """Lines that should have been sealed before others that are; there are none unless somebody moved them."""
    bare, earlier = Q(xid=0, number__lte=cursor.bare), Q(xid__gt=0, xid__lt=cursor.xid)
    within = Q(xid__gt=0, xid=cursor.xid, number__lte=cursor.number)
    return without_leaf().filter(Q(number__lte=cursor.floor) | bare | earlier | within)
