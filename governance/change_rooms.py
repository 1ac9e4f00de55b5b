"""What belongs to change requests, in Django's admin: operations, evidence, impact, dispositions, policies."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from governance.changes import kinds
from governance.changes.proposing.difference import in_words
from governance.changes.visibility import may_look, operations_seen, wholly_visible
from governance.console.attached import title_of
from governance.models import ApprovalPolicy, ChangeEvidence, ChangeImpact, ChangeOperation, ImpactDisposition
from governance.permissions import holds_everywhere
from governance.reading.filters import Since
from governance.reading.room import ReadingRoom


def _old_to_new(row: ChangeOperation) -> str:
    """One line a field; what is new has no old."""
    if not row.base_id:
        return "it is new"
    if row.content is None:
        return "it is retired"
    lines = [f"{one['field']}: {in_words(one['old'])} → {in_words(one['new'])}" for one in row.difference]
    return "\n".join(lines) or "none"


class _Beside(admin.TabularInline):
    """Rows that belong to a request, to be read by who may look at the request."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or may_look(request.user)


class Operations(_Beside):
    """Each leads to its own page, with its difference."""

    model = ChangeOperation
    verbose_name_plural = "What it changes"
    show_change_link = True
    fields = readonly_fields = ("what", "key", "from_version", "change_kind", "meaning")

    @admin.display(description="kind")
    def what(self, row: ChangeOperation) -> str:
        return kinds.noun(row.kind)

    @admin.display(description="version in force when it was made")
    def from_version(self, row: ChangeOperation) -> str:
        return row.base.version if row.base else "none: it is new"

    @admin.display(description="old → new")
    def meaning(self, row: ChangeOperation) -> str:
        return _old_to_new(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("base")


class Evidence(_Beside):
    """The facts of a piece may name what its reader may not see: title and words of a person only."""

    model = ChangeEvidence
    verbose_name_plural = "Evidence"
    fields = readonly_fields = ("phase", "called", "is_passed", "said", "recorded_at")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.reader = request.user  # the admin makes an inline anew for each request
        self.named = operations_seen(request.user, obj) if obj else set()
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("change")

    @admin.display(description="title")
    def called(self, row: ChangeEvidence) -> str:
        return title_of(row, self.reader, self.named)

    @admin.display(description="words")
    def said(self, row: ChangeEvidence) -> str:
        return row.facts.get("text", "")


@admin.register(ChangeOperation)
class ChangeOperationAdmin(ReadingRoom):
    """Those of requests that the reader may look at."""

    list_display = ("change", "position", "kind", "key", "change_kind", "recorded_at")
    list_select_related = ("change",)
    list_filter = ("kind", "change_kind")
    search_fields = ("change__number", "key")
    ordering = ("-id",)
    hidden = ("difference",)  # its history tells the content, field by field

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("change", "kind", "key", "base", "change_kind", "meaning", "text", "recorded_at")

    @admin.display(description="difference in meaning")
    def meaning(self, row: ChangeOperation) -> str:
        return _old_to_new(row)

    @admin.display(description="what it would be")
    def text(self, row: ChangeOperation) -> str:
        return kinds.get(row.kind).render(row.content) if row.content else "retired"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.filter(change__in=wholly_visible(request.user).values("pk"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look(request.user)

    def may_see_removed(self, request: HttpRequest) -> bool:
        return holds_everywhere(request.user, "governance.view_changerequest")


@admin.register(ChangeEvidence)
class ChangeEvidenceAdmin(ReadingRoom):
    plural = "pieces of evidence of changes"
    list_display = ("change", "phase", "kind", "title", "is_passed", "recorded_at")
    list_select_related = ("change",)
    list_filter = (Since, "phase", "kind")
    search_fields = ("change__number", "title")
    ordering = ("-id",)


@admin.register(ChangeImpact)
class ChangeImpactAdmin(ReadingRoom):
    list_display = ("change", "looked_at", "is_basis", "graph_hash", "recorded_at")
    list_select_related = ("change",)
    list_filter = (Since, "looked_at")
    search_fields = ("change__number",)
    ordering = ("-id",)


@admin.register(ImpactDisposition)
class ImpactDispositionAdmin(ReadingRoom):
    list_display = ("change", "kind", "key", "verdict", "recorded_at")
    list_select_related = ("change",)
    list_filter = (Since, "verdict")
    search_fields = ("change__number", "key")
    ordering = ("-id",)


@admin.register(ApprovalPolicy)
class ApprovalPolicyAdmin(ReadingRoom):
    list_display = ("key", "label", "version", "asks_for", "is_retired")
    list_filter = ("is_retired",)
    search_fields = ("key", "label")

    @admin.display(description="asks for")
    def asks_for(self, row: ApprovalPolicy) -> str:
        return ", then ".join(step.get("label") or step["meaning"] for step in row.content.get("steps", ()))
