"""A list as a page shows it: form, chips, rows, the way on, the files and the saved views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from governance.errors import Refused
from hub.console.listing import files, query, sorting
from hub.console.listing.model import Column, Listing
from hub.console.listing.query import Asked
from hub.selectors import views

COUNTED = 1_000  # above, a page says "more than"

OPENED: dict[str, Listing] = {}  # by name, for saved views


def opened(listing: Listing) -> Listing:
    """Declares a list, so that views of it can be saved."""
    OPENED[listing.name] = listing
    return listing


def answer(
    request: HttpRequest,
    listing: Listing,
    template: str,
    more: Callable[[Sequence[Any]], dict[str, Any]] = lambda rows: {},
) -> HttpResponseBase:
    """The page, or the file that ``?format=`` asks for. ``more`` gives what else the template needs of the rows."""
    asked = query.read(listing, request)
    if asked.format and not asked.problems:
        try:
            return files.answer(request.user, listing, asked)
        except Refused as refused:
            asked.problems.append(refused.sentence)
            return _page(request, listing, asked, template, more, status=refused.status)
    return _page(request, listing, asked, template, more, status=asked.status)


def _page(
    request: HttpRequest, listing: Listing, asked: Asked, template: str, more: Callable, *, status: int
) -> HttpResponse:
    rows: list[Any] = []
    if not asked.problems:
        rows = sorting.rows_of(request.user, listing, asked, asked.before, asked.size)
    shown = {
        "list": shown_list(request, listing, asked, rows),
        "rows": rows,
        "problems": asked.problems,
        "filters": asked.texts,
        **more(rows),
    }
    return render(request, template, shown, status=status)


def shown_list(request: HttpRequest, listing: Listing, asked: Asked, rows: Sequence[Any]) -> dict[str, Any]:
    """What the partials in templates/hub/listing need."""
    base = request.GET.copy()
    for name in ("before", "format", *[name for name in base if name not in listing.known]):
        base.pop(name, None)
    plain = _without(base, *listing.extras)
    is_cut = not listing.is_whole and len(rows) == asked.size
    return {
        "listing": listing,
        "fields": [_field(one, asked) for one in listing.filters if not one.is_minor or one.name in asked.texts],
        "chips": [_chip(one, asked, base) for one in listing.filters if one.name in asked.texts],
        "count": _count(request, listing, asked, rows),
        "most": COUNTED,
        "next": _with(plain, "before", str(rows[-1].id)) if is_cut else "",
        "is_first": asked.before is None,
        "exports": [(name, _with(plain, "format", name)) for name in query.FORMATS],
        "query": _filters(listing, asked),
        "clear": reverse(listing.url),
        "heads": sorting.heads(listing, asked, plain),
        "sort": asked.sort,
        "table": [[_cell(one, row) for one in listing.columns if one.is_on_page] for row in rows],
        **views.choices(request.user, listing.name, lambda kept: is_readable(listing, kept, request.user)),
    }


def is_readable(listing: Listing, kept: str, user: Any) -> bool:
    """Whether this user may open a view: one that names what they may not see is not shown to them."""
    return not query.read_query(listing, query.QueryDict(kept), user).problems


def _field(one: Any, asked: Asked) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label,
        "hint": one.hint,
        "choices": asked.choices[one.name],
        "is_choice": one.choices is not None,
        "value": asked.texts.get(one.name, ""),
    }


def _chip(one: Any, asked: Asked, base: Any) -> dict[str, str]:
    given = asked.texts[one.name]
    words = dict(asked.choices[one.name]).get(given, given)
    left = _without(base, one.name)
    return {"label": one.label, "words": words, "without": f"?{left.urlencode()}" if left else "?"}


def _count(request: HttpRequest, listing: Listing, asked: Asked, rows: Sequence[Any]) -> int | None:
    if asked.problems:
        return None
    if listing.count is None:
        return len(rows) if listing.is_whole else None
    return listing.count(request.user, asked.values, COUNTED + 1)


def _filters(listing: Listing, asked: Asked) -> str:
    """Filters and order as a query string: what a saved view keeps."""
    kept = query.QueryDict(mutable=True)
    kept.update({one.name: asked.texts[one.name] for one in listing.filters if one.name in asked.texts})
    if asked.sort:
        kept["sort"] = asked.sort
    return kept.urlencode()


def _without(base: Any, *names: str) -> Any:
    left = base.copy()
    for name in names:
        left.pop(name, None)
    return left


def _with(base: Any, name: str, value: str) -> str:
    asked = base.copy()
    asked[name] = value
    return f"?{asked.urlencode()}"


def _cell(column: Column, row: Any) -> dict[str, Any]:
    return {
        "label": column.label,
        "shape": column.shape,
        "value": column.value(row),
        "url": column.url(row) if column.url else "",
        "under": column.under(row) if column.under else "",
    }
