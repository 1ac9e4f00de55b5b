"""Rows in the order that a reader asked for, and the links of the column heads that ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.console.listing.model import Column, Listing
from hub.console.listing.query import Asked


def rows_of(user: Any, listing: Listing, asked: Asked, before: Any, limit: int) -> list[Any]:
    """One page, or the whole list, sorted."""
    column = listing.sortable.get(asked.sort.removeprefix("-"))
    if column is None:
        return list(listing.rows(user, asked.values, before, limit))
    if listing.is_whole:
        rows = list(listing.rows(user, asked.values, before, limit))
        return _sorted(rows, column, is_falling=asked.is_falling)
    return list(listing.rows(user, asked.values | asked.order_of(column), before, limit))


def heads(listing: Listing, asked: Asked, base: Any) -> list[dict[str, Any]]:
    """Each column on the page: how it is sorted now, and the address that sorts by it, or turns it round."""
    return [_head(one, asked, base) for one in listing.columns if one.is_on_page]


def _head(column: Column, asked: Asked, base: Any) -> dict[str, Any]:
    is_sorted = asked.sort.removeprefix("-") == column.name
    way = ("descending" if asked.is_falling else "ascending") if is_sorted else ""
    falls_next = not asked.is_falling if is_sorted else column.shape in ("number", "moment")
    asks = base.copy()
    asks["sort"] = f"-{column.name}" if falls_next else column.name
    return {
        "label": column.label,
        "is_right": column.shape == "number",
        "sorted": way,
        "icon": {"": "arrow-up-down", "ascending": "arrow-up", "descending": "arrow-down"}[way],
        "url": f"?{asks.urlencode()}" if column.order else "",
    }


def _sorted(rows: Sequence[Any], column: Column, *, is_falling: bool) -> list[Any]:
    """Stable; what has no value comes last either way."""
    known = [row for row in rows if column.value(row) not in (None, "")]
    known.sort(key=column.value, reverse=is_falling)
    return known + [row for row in rows if column.value(row) in (None, "")]
