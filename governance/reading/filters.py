"""Filters for tables whose values are not asked for: the choices are known beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from governance.ids import floor_of

WINDOWS = {
    "hour": ("The last hour", timedelta(hours=1)),
    "day": ("The last 24 hours", timedelta(days=1)),
    "week": ("The last 7 days", timedelta(days=7)),
    "month": ("The last 31 days", timedelta(days=31)),
}


class Since(admin.SimpleListFilter):
    """Rows whose id was made since then: an id begins with its time (UUIDv7), and ids are indexed."""

    title = "time"
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(key, words) for key, (words, _) in WINDOWS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = WINDOWS.get(self.value() or "")
        return queryset.filter(pk__gte=floor_of(timezone.now() - chosen[1])) if chosen else queryset


def one_of(field: str, values: Iterable[str], title: str = "") -> type[admin.SimpleListFilter]:
    """A filter of one column by values that the code knows."""
    choices = [(str(value), str(value).replace("_", " ")) for value in values]

    class OneOf(admin.SimpleListFilter):
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
            return choices

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            return queryset.filter(**{field: self.value()}) if self.value() else queryset

    OneOf.title = title or field.replace("_", " ")
    return OneOf
