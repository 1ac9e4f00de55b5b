"""Reads the query string of a list: what is asked for, and in sentences what of it cannot be understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict

from hub.console.doors import identity
from hub.console.listing.model import Choices, Column, Filter, Listing

FORMATS = ("csv", "xlsx", "jsonl")
PAGE = 50
LARGEST_PAGE = 200
SHOWN = 40  # characters of a refused value that a sentence quotes


@dataclass(slots=True)
class Asked:
    """``texts`` are the filters as they were given, ``values`` as the selector takes them.

    ``sort`` is as it was given too: the name of a column, with a minus for the largest first. ``problems`` are
    sentences; where there is one, nothing is read and the page is a 400.
    """

    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, Choices] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    before: UUID | None = None
    size: int = PAGE
    format: str = ""
    sort: str = ""

    @property
    def is_falling(self) -> bool:
        return self.sort.startswith("-")

    def order_of(self, column: Column) -> dict[str, str]:
        """What a selector is given to order its rows by this column."""
        return {"order": f"-{column.order}" if self.is_falling else column.order}

    @property
    def status(self) -> int:
        return 400 if self.problems else 200


def read(listing: Listing, request: HttpRequest) -> Asked:
    """What this request asks of the list, by the rights of its user."""
    return read_query(listing, request.GET, request.user)


def read_query(listing: Listing, query: QueryDict, user: Any) -> Asked:
    """The same for a query string of any origin, such as a saved view."""
    asked = Asked()
    _check_names(listing, query, asked)
    for one in listing.filters:
        asked.choices[one.name] = one.choices(user) if one.choices else ()
        if given := query.get(one.name, "").strip():
            _take(one, given, asked)
    _take_paging(query, asked)
    _take_sort(listing, query, asked)
    return asked


def _check_names(listing: Listing, query: QueryDict, asked: Asked) -> None:
    for name, values in query.lists():
        if name not in listing.known:
            filters = ", ".join(one.name for one in listing.filters)
            asked.problems.append(f"The filter “{name[:SHOWN]}” is not known here; known are: {filters}.")
        elif len(values) > 1:
            asked.problems.append(f"“{name}” is given {len(values)} times; give it once.")


def _take(one: Filter, given: str, asked: Asked) -> None:
    asked.texts[one.name] = given
    if one.choices and given not in {value for value, _ in asked.choices[one.name]}:
        asked.problems.append(f"There is no {one.label.lower()} “{given[:SHOWN]}”.")
        return
    try:
        asked.values[one.name] = one.read(given)
    except ValueError as wrong:
        asked.problems.append(f"{one.label}: {wrong}")


def _take_paging(query: QueryDict, asked: Asked) -> None:
    if before := query.get("before", ""):
        asked.before = identity(before)
        if asked.before is None:
            asked.problems.append(f"before is “{before[:SHOWN]}”; it takes the id of a row.")
    if size := query.get("size", ""):
        is_number = size.isascii() and size.isdecimal() and len(size) < 6
        if is_number and 1 <= int(size) <= LARGEST_PAGE:
            asked.size = int(size)
        else:
            asked.problems.append(f"size is “{size[:SHOWN]}”; it takes 1 to {LARGEST_PAGE}.")
    asked.format = query.get("format", "")
    if asked.format and asked.format not in FORMATS:
        asked.problems.append(f"There is no format “{asked.format[:SHOWN]}”; there are: {', '.join(FORMATS)}.")


def _take_sort(listing: Listing, query: QueryDict, asked: Asked) -> None:
    given = query.get("sort", "")
    if given and given.removeprefix("-") not in listing.sortable:
        names = ", ".join(listing.sortable) or "none"
        asked.problems.append(f"This list cannot be sorted by “{given[:SHOWN]}”; columns to sort by are: {names}.")
        return
    asked.sort = given
