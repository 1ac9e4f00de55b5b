"""``?as_of=`` on pages of controlled objects, persons and change requests: as it was, and what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from governance.changes import kinds
from governance.console.differences import difference
from governance.console.query import BadQuery, moment
from governance.selectors.past import NotAsOf, row_as_of, until_of, words

NAME = "as_of"


def as_of(request: HttpRequest) -> datetime | None:
    """The time that the address asks for, in UTC unless it says otherwise; None where it asks for none."""
    given = request.GET.getlist(NAME)
    if not given:
        return None
    found = moment(given[0].strip()) if len(given) == 1 else None
    if found is None:
        said = f"is “{given[0][:40]}”" if len(given) == 1 else f"stands {len(given)} times"
        raise BadQuery(f"as_of {said}; write one time as 2026-11-21 08:30.", field=NAME, value=given[0][:60])
    return found


def in_the_past(request: HttpRequest, row: Any) -> HttpResponse | None:
    """The page of a projection as it was; None where the address asks for no time. Rights are those of now."""
    at = as_of(request)
    if at is None:
        return None
    kind = kinds.get(row.KIND)
    then = held(type(row), row.pk, at, f"{kinds.noun(kind.name)} {row.key}")
    was = then.instance
    shown = {
        "at": at,
        "kind": kind,
        "row": row,
        "was": was,
        "evidence": then,
        "until": until_of(type(row), then),
        "text": kind.render(was.content),
        "lines": kind.compare(was.content, row.content),
        "difference": difference(
            f"{was.version}, then", kind.render(was.content), f"{row.version}, now", kind.render(row.content)
        ),
        "here": request.path,
    }
    return render(request, "governance/past/show.html", shown)


Facts = Sequence[tuple[str, Any]]  # (what, value), the same names then and now


def facts_in_the_past(request: HttpRequest, row: Any, title: str, facts: Callable[[Any, datetime], Facts]) -> Any:
    """The page of a governed row that is no projection, as it was; None where the address asks for no time.

    ``facts`` tells them of a row at a time; ``title`` is what people call the row, such as "person olga".
    """
    at = as_of(request)
    if at is None:
        return None
    then = held(type(row), row.pk, at, title)
    now = dict(facts(row, timezone.now()))
    shown = {
        "at": at,
        "title": title,
        "facts": [(name, value, now.get(name)) for name, value in facts(then.instance, at)],
        "evidence": then,
        "until": until_of(type(row), then),
        "here": request.path,
    }
    return render(request, "governance/past/facts.html", shown)


def columns(row: Any, names: Sequence[str]) -> list[tuple[str, Any]]:
    """Facts from columns of these names, by what people call them."""
    fields = {field.name: field for field in row._meta.concrete_fields}
    return [(str(fields[name].verbose_name).capitalize(), _said(row, fields[name])) for name in names]


def _said(row: Any, field: Any) -> Any:
    return getattr(row, f"get_{field.name}_display")() if field.choices else getattr(row, field.name)


def held(model: Any, pk: Any, at: datetime, name: str) -> Any:
    """``row_as_of`` whose refusals are pages with their sentence."""
    try:
        return row_as_of(model, pk, at, name)
    except NotAsOf as refused:
        raise _page_of(refused) from None


def _page_of(refused: NotAsOf) -> BadQuery:
    asked = BadQuery(refused.sentence, field=NAME, value=refused.value, rule=refused.rule)
    asked.status = refused.status
    return asked


__all__ = ["as_of", "columns", "facts_in_the_past", "held", "in_the_past", "words"]
