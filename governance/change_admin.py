"""Change control in Django's admin: queues, filters, history, and every act through the services that the pages use.

Nothing is edited here: an act is a form with a reason, a signature is made on the one page of signing.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from governance.change_rooms import Evidence, Operations
from governance.changes.choosing.policies import AT_ONCE
from governance.changes.deciding import signed_words
from governance.changes.deciding.voiding import without_names
from governance.changes.told import open_acts, telling
from governance.changes.told.stage_words import stage_of
from governance.changes.transitions import PATHS
from governance.changes.visibility import may_look, wholly_visible
from governance.console import change_shown
from governance.console.act_forms import ActForm
from governance.console.change_acts import ACTS, Act, speaking_for
from governance.console.doors import record
from governance.errors import NotFound, Refused
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState
from governance.permissions import holds_everywhere
from governance.reading.filters import one_of
from governance.reading.history import Words
from governance.reading.room import ReadingRoom
from governance.selectors.queues import QUEUES, narrowed

FIELDS = (
    *("number", "title", "reason", "stage", "risk", "how_risk_was_found", "change_kind", "path_in_words", "policies"),
    *("is_emergency", "rolls_back", "why_it_was_stopped", "rollback_plan", "success_criterion"),
    *("proposed", "submitted", "release_signed", "effective_at", "released", "closed"),
    *("retrospective_due_at", "retrospective_done_at", "effectiveness_due_at"),
)


class Queue(admin.SimpleListFilter):
    """What waits for whom: the queues of the page."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in QUEUES.items()]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        return narrowed(queryset, self.value() or "", request.user)


NOT_YET = "found when it is submitted"  # until then, the columns of an open draft say nothing


def path_words(path: str) -> str:
    """Which path a change takes, for people: it is kept under a name of the program."""
    return signed_words.PATHS.get(path, path.replace("_", " ")).capitalize()


def policy_words(policy: str) -> str:
    """Which policies ask for signatures; none where there were none in force."""
    return "None: released at once, without signatures" if policy == AT_ONCE else policy


def _moment(name: str, words: str) -> Any:
    """A column that says when something happened, and who did it."""

    def told(self: Any, row: ChangeRequest) -> str:
        at, by = getattr(row, f"{name}_at"), getattr(row, f"{name}_by")
        return f"{at:%Y-%m-%d %H:%M} UTC, {by['name']}" if at else "—"

    return admin.display(description=words)(told)


class _Columns(ReadingRoom):
    """How a request is shown: nothing that could name what its reader may not see."""

    hidden = ("stopped_because", "assessment", "requirement")
    words: ClassVar[Words] = {"path": path_words, "policy": policy_words}

    submitted = _moment("submitted", "submitted")
    release_signed = _moment("ordered", "release signed")
    released = _moment("released", "in force since")
    closed = _moment("closed", "closed")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return FIELDS

    @admin.display(description="author", ordering="author__name")
    def author_name(self, row: ChangeRequest) -> str:
        return row.author["name"]

    @admin.display(description="proposed")
    def proposed(self, row: ChangeRequest) -> str:
        return f"{row.proposed_at:%Y-%m-%d %H:%M} UTC, {row.author['name']}"

    @admin.display(description="path")
    def path_in_words(self, row: ChangeRequest) -> str:
        return NOT_YET.capitalize() if row.is_open_draft else path_words(row.path)

    @admin.display(description="path", ordering="path")
    def path_in_short(self, row: ChangeRequest) -> str:
        return self.path_in_words(row).partition(":")[0]

    @admin.display(description="policies")
    def policies(self, row: ChangeRequest) -> str:
        return NOT_YET if row.is_open_draft else policy_words(row.policy)

    @admin.display(description="why it was stopped")
    def why_it_was_stopped(self, row: ChangeRequest) -> str:
        return without_names(row.stopped_because) or "—"

    @admin.display(description="how the risk was found")
    def how_risk_was_found(self, row: ChangeRequest) -> str:
        return signed_words.how_risk_was_found(row) or "not assessed yet"


@admin.register(ChangeRequest)
class ChangeRequestAdmin(_Columns):
    list_display = ("number", "title", "stage", "risk", "path_in_short", "author_name", "proposed_at", "released_at")
    list_filter = (
        Queue,
        one_of("state", ChangeState.values),
        one_of("risk", ("low", "medium", "high")),
        one_of("path", tuple(PATHS)),
    )
    search_fields = ("number", "title", "reason")
    date_hierarchy = "proposed_at"
    ordering = ("-proposed_at",)
    inlines: ClassVar[list[Any]] = [Operations, Evidence]
    change_form_template = "admin/change_control/request.html"

    @admin.display(description="stage", ordering="state")
    def stage(self, row: ChangeRequest) -> str:
        return stage_of(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return wholly_visible(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look(request.user)

    def may_see_removed(self, request: HttpRequest) -> bool:
        return holds_everywhere(request.user, "governance.view_changerequest")

    def get_urls(self) -> list[Any]:
        act, speak = (self.admin_site.admin_view(one) for one in (self.act, self.disposition))
        return [
            path("<path:object_id>/act/<str:name>/", act, name="governance_changerequest_act"),
            path("<path:object_id>/impact/<str:kind>/<str:key>/", speak, name="governance_changerequest_disposition"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """With the acts and signatures that are open, each closed one with its sentence."""
        found = self.get_object(request, object_id)
        if found is not None and may_look(request.user):
            extra_context = {
                **(extra_context or {}),
                "found": found,
                **change_shown.shown(found, request.user, [*found.operations.all()]),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    def act(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """One act of the page, in the admin's dress."""
        found, known = self._found(request, object_id), ACTS.get(name)
        if known is None:
            raise Http404
        return self._worked(request, found, name, known, {})

    def disposition(self, request: HttpRequest, object_id: str, kind: str, key: str) -> HttpResponse:
        """What the change means for one object that it reaches, said by its owner."""
        found = self._found(request, object_id)
        try:
            known = speaking_for(found, request.user, kind, key)
        except NotFound:
            raise Http404 from None
        return self._worked(request, found, "disposition", known, {"kind": kind, "key": key})

    def _found(self, request: HttpRequest, object_id: str) -> ChangeRequest:
        """The request, for who may look at all of it. 404 without a hint for all others."""
        found = self.get_object(request, object_id) if may_look(request.user) else None
        if found is None:
            raise Http404
        return found

    def _worked(
        self, request: HttpRequest, found: ChangeRequest, name: str, known: Act, more: dict[str, Any]
    ) -> HttpResponse:
        form = known.form(request.POST or None)
        try:
            if name in open_acts.ACTS:
                open_acts.check_right(name, found, request.user)
            if request.method == "POST" and form.is_valid():
                made = known.do(number=found.number, by=request.user, **more, **form.cleaned_data)
                following = made if isinstance(made, ChangeRequest) else found
                messages.success(request, f"{known.label}: {following.number}.")
                return redirect(reverse("admin:governance_changerequest_change", args=[following.pk]))
        except Refused as refused:
            record(request, f"change.{name}", refused, {"change": found.number})
            form.is_valid()
            form.refuse(telling.refusal(request.user, found, refused))
            return self._act_page(request, found, known, form, status=refused.status)
        return self._act_page(request, found, known, form, status=422 if request.method == "POST" else 200)

    def _act_page(
        self, request: HttpRequest, found: ChangeRequest, known: Act, form: ActForm, status: int
    ) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "title": f"{known.label}: {found.number}",
            "opts": self.model._meta,
            "found": found,
            "act": known,
            "form": form,
            "warnings": known.warns(found),
        }
        return TemplateResponse(request, "admin/change_control/act.html", shown, status=status)
