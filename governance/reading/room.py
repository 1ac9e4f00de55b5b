"""ReadingRoom: the base of every table in Django's admin. Nothing is added, changed or deleted there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet, TextField, UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.reading import history
from governance.reading.fields import shown
from governance.reading.paging import BoundedPaginator

OF_EVERY_LIST = ("q", "o", "p")  # search, order, page


class UnknownFilter(Exception):
    """``names`` of a query string that cannot be meant, alone or with their values."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class ReadingRoom(admin.ModelAdmin):
    """Everything may be seen by who has the right ``view_<model>``, except the columns that are ``hidden``.

    ``found_by``: columns of a large table that a search compares exactly, so that an index answers. ``plural``: what
    its rows are called where an "s" at the end would be wrong; said here, since it is no matter of the schema.
    ``words``: how a history says the values of a column.
    """

    hidden: ClassVar[Sequence[str]] = ()
    found_by: ClassVar[Sequence[str]] = ()
    plural: ClassVar[str] = ""
    words: ClassVar[history.Words] = {}
    actions = None
    show_full_result_count = False
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER  # each would count the table
    view_on_site = False
    object_history_template = "admin/reading_room/history.html"

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        if self.plural:
            model._meta.verbose_name_plural = self.plural

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in shown(self.model, self.hidden)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """A large table is listed in the order of its ids, which has an index."""
        return () if self.found_by else super().get_sortable_by(request)

    def get_search_fields(self, request: HttpRequest) -> Any:
        return self.search_fields or self.found_by

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """A large table is searched for exact values only: a part of one would read every row."""
        term = search_term.strip()
        if not self.found_by or not term:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(self._equals(term)), False

    def _equals(self, term: str) -> Q:
        try:
            as_id: UUID | None = UUID(term)
        except ValueError:
            as_id = None
        wanted = Q(pk__in=())
        for name in self.found_by:
            field = self.model._meta.get_field(name)
            if not isinstance(field, UUIDField):
                wanted |= Q(**{name: term})
            elif as_id:
                wanted |= Q(**{name: as_id})
        return wanted

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; a filter that is none of its own is refused by name instead of being passed over."""
        try:
            return super().changelist_view(request, extra_context)
        except UnknownFilter as refused:
            context = {**self.admin_site.each_context(request), "opts": self.model._meta, "title": "Not a filter"}
            context["names"] = refused.names
            return TemplateResponse(request, "admin/reading_room/refused.html", context, status=400)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that the list shows: by a column that is hidden its content could be guessed bit by bit."""
        shown_filters = {getattr(one, "parameter_name", one) for one in self.get_list_filter(request)}
        parts = {self.date_hierarchy, *shown_filters} - {None}
        return any(lookup == part or lookup.startswith(f"{part}__") for part in parts)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        try:
            return super().get_changelist_instance(request)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            raise UnknownFilter([name for name in request.GET if name not in OF_EVERY_LIST]) from None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who changed the object, why and with which build; also of one that was removed."""
        found = self._with_history(request, unquote(object_id))
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        kept, page = history.is_kept(self.model), request.GET.get("p")
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {found}",
            "subtitle": None,
            "opts": self.model._meta,
            "object": found,
            "is_kept": kept,
            "page": history.versions(self.model, found.pk, page, self.hidden, self.words) if kept else None,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _with_history(self, request: HttpRequest, pk: str) -> Any:
        found = self.get_object(request, pk)
        if found is None and history.is_kept(self.model) and self.may_see_removed(request):
            found = self._removed(pk)
        if found is None:
            raise Http404
        return found

    def may_see_removed(self, request: HttpRequest) -> bool:
        """Who may read the histories of rows that are no more: a room that shows only some rows narrows this too."""
        return self.has_view_permission(request)

    def _removed(self, pk: str) -> Any:
        """As its last history row says; never what is there and only kept from this reader."""
        try:
            wanted = self.model._meta.pk.to_python(pk)  # type: ignore[union-attr]
        except ValidationError:
            return None
        is_there = self.model._base_manager.filter(pk=wanted).exists()
        return None if is_there else history.last_known(self.model, wanted)


def long_text(name: str, words: str = "", *, most: int = 80) -> Any:
    """A column for lists that shows the beginning of a long text."""

    def cut(self: Any, row: Any) -> str:
        text = str(getattr(row, name))
        return text if len(text) <= most else text[: most - 1] + "…"

    return admin.display(description=words or name.replace("_", " "))(cut)


def plain(model: Any) -> type[ReadingRoom]:
    """A room for a table that nobody described."""
    from governance.reading.fields import first_columns

    texts = [field.name for field in shown(model) if isinstance(field, TextField)]
    return type(f"{model.__name__}Admin", (ReadingRoom,), {"list_display": first_columns(model), "hidden": texts})
