"""One way of paging everywhere: ``limit`` and an opaque ``cursor``, an answer of ``results`` and ``next``.

A cursor says after which row to go on, so pages stay true while rows are added: none comes twice, none is left out.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.protocol.fields import Number, Text
from governance.api.protocol.record import BadValue

LIMIT = Number(name="limit", help="How many rows a page holds.", least=1, most=200, default=50, example=50)
CURSOR = Text(name="cursor", help="Where the page begins: taken from `next` of the page before, and opaque.", most=400)
PAGING = (LIMIT, CURSOR)


def cursor_of(*place: Any) -> str:
    """The text of a place in an order."""
    return base64.urlsafe_b64encode(json.dumps(place, default=str).encode()).decode().rstrip("=")


def place_of(cursor: str, *kinds: Callable[[Any], Any]) -> list[Any] | None:
    """The place that a cursor means, its parts made by ``kinds``; None without a cursor."""
    if not cursor:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [kind(part) for kind, part in zip(kinds, place, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise BadValue(
            "The cursor is none of this list; take it from `next` of the page before.",
            field="cursor",
            value=cursor[:80],
            rule="a cursor of this list",
        ) from None


def text(part: Any) -> str:
    """A part of a cursor that must be text."""
    if not isinstance(part, str) or "\x00" in part or not part.isprintable():
        raise ValueError
    return part


def number(part: Any) -> int:
    """A part of a cursor that must be a whole number."""
    if type(part) is not int or abs(part) > 2**62:
        raise ValueError
    return part


def page(
    request: Request, rows: QuerySet, asked: dict[str, Any], show: Callable[[Any], Any], *, by: str = "-id"
) -> Response:
    """One page of rows, in the order of one unique column: ``id``, ``-id`` or ``key``."""
    column, is_falling = by.removeprefix("-"), by.startswith("-")
    place = place_of(asked["cursor"], UUID if column == "id" else text)
    if place:
        rows = rows.filter(**{f"{column}__{'lt' if is_falling else 'gt'}": place[0]})
    found = list(rows.order_by(by)[: asked["limit"] + 1])
    following = [getattr(found[asked["limit"] - 1], column)] if len(found) > asked["limit"] else None
    return answer(request, map(show, found[: asked["limit"]]), following)


def page_of_list(
    request: Request, rows: Sequence[Any], asked: dict[str, Any], show: Callable[[Any], Any], *, place: Callable
) -> Response:
    """One page of what was computed: rows in the order of ``place``, a tuple of (number, number, text)."""
    after = place_of(asked["cursor"], number, number, text)
    left = [row for row in rows if after is None or place(row) > tuple(after)]
    found = left[: asked["limit"]]
    return answer(request, map(show, found), place(found[-1]) if len(left) > len(found) else None)


def answer(request: Request, results: Iterable[Any], following: Sequence[Any] | None) -> Response:
    """The answer of every list; the following page's address also as a ``Link`` header (RFC 8288)."""
    if following is None:
        return Response({"results": list(results), "next": None})
    query = request.query_params.copy()
    query.pop("before", None)
    query["cursor"] = cursor_of(*following)
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return Response({"results": list(results), "next": address}, headers={"Link": f'<{address}>; rel="next"'})
