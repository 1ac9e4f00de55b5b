"""What a list declares once: its filters, its columns, and where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Choices = Sequence[tuple[str, str]]
LONGEST = 200  # characters of a filter


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the query string.

    ``read`` takes the text and gives the value for the selector; it raises ValueError with a sentence. ``choices``
    gives (value, words) that this user may choose from; anything else is refused. A ``is_minor`` filter shows its
    field only where it is set: it is reached by links.
    """

    name: str
    label: str
    read: Callable[[str], Any]
    choices: Callable[[Any], Choices] | None = None
    hint: str = ""
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of page and file. ``value`` gives text, a number, a boolean, a time or None.

    ``shape`` is how a page draws it: text, wide, mono, number, moment or state. ``name`` stands in JSONL, ``label`` as
    the heading. A column that is not ``is_on_page`` stands in files only, beside what the page says in other words.
    A column with an ``order`` can be sorted by: the field by which the selector then orders its rows, one that is
    never NULL. A list that ``is_whole`` is sorted by what its columns give.
    """

    name: str
    label: str
    value: Callable[[Any], Any]
    shape: str = "text"
    url: Callable[[Any], str] | None = None
    under: Callable[[Any], str] | None = None
    is_on_page: bool = True
    order: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """``rows(user, values, before, limit)`` reads one page by the user's own rights, newest first.

    ``before`` is the id of the last row of the page before. ``count(user, values, most)`` counts what matches, up to
    ``most``. ``extras`` are parts of the query string that are no filters (``open``). A list that ``is_whole`` is
    never paged: ``rows`` gives everything at once. Where a reader sorts, ``values`` has an ``order`` too.
    """

    name: str
    title: str
    url: str
    filters: tuple[Filter, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Any, dict[str, Any], Any, int], Sequence[Any]]
    count: Callable[[Any, dict[str, Any], int], int] | None = None
    extras: tuple[str, ...] = ()
    is_whole: bool = False
    known: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        names = tuple(one.name for one in self.filters)
        object.__setattr__(self, "known", (*names, *self.extras, "before", "size", "format", "sort"))

    @property
    def sortable(self) -> dict[str, Column]:
        """By name, the columns that a reader may sort by."""
        return {one.name: one for one in self.columns if one.order}
