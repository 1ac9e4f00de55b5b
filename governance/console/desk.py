"""One round of a proposal's form: show it, change its rows, check it, or put forward what was checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from governance.changes import effective, kinds
from governance.changes.kinds import Kind
from governance.changes.requests import check_may_draft
from governance.changes.visibility import wholly_visible
from governance.console import confirm, drafts, places
from governance.console.discretion import beyond, strangers, told_of
from governance.console.drafts import Draft
from governance.console.query import asked
from governance.errors import BaseMoved, ContentRefused, NotFound
from governance.permissions import check_may_propose
from governance.selectors.proposals import assess, merged
from governance.shapes import Field

FORM = "governance/proposals/form.html"


@dataclass(frozen=True)
class Desk:
    """How one kind is edited: its template, what that needs beside the fields, and acts of its own by name."""

    template: str = FORM
    shown: Callable[[HttpRequest, Draft, Field | None], dict[str, Any]] = lambda request, draft, fields: {}
    acts: Mapping[str, Callable[[HttpRequest, Draft], HttpResponse | None]] = field(default_factory=dict)
    names: Collection[str] = ()


PLAIN = Desk()


def work(request: HttpRequest, kind: str, key: str, desk: Desk = PLAIN) -> HttpResponse:
    """One round of the form: show it, change its rows, check it, or propose what was checked."""
    chosen = asked(request, ("as", "change"), {"as": ("form", "text")})
    change = into(request.user, chosen["change"])
    found = entered(request, kind, key, change)
    if request.method != "POST":
        draft = drafts.begun(request.user, found, key, change)
        draft.mode = chosen["as"] or "form"
        return form(request, draft, desk)
    posted = {name: text for name, text in request.POST.items() if isinstance(text, str)}
    do = posted.get("do", "check")
    if do.startswith(("add:", "remove:")):
        posted = drafts.with_row(posted, do)
    draft = drafts.taken(request.user, found, key, posted, desk.names)
    draft.change = change
    if any(problem.startswith("This form has no field") for problem in draft.problems):
        return form(request, draft, desk, status=422)
    return _act(request, draft, desk, do)


def into(user: Any, number: str) -> str:
    """The number of the draft change request that is edited. NotFound for one that the user may not edit."""
    if not number:
        return ""
    found = wholly_visible(user).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no change request {number!r}.")
    check_may_draft(user, found)
    return found.number


def entered(request: HttpRequest, name: str, key: str, change: str = "") -> Kind:
    """The kind, for who may propose a change of this object, in force or new in the draft ``change``. NotFound for
    what the user may not know of.
    """
    kind = drafts.kind_named(name)
    if kind is None or places.place_of(name) is None:
        raise NotFound(f"There is no controlled kind {name!r}.")
    is_seen = places.visible(request.user, name).filter(key=key, is_retired=False).exists()
    if key and not is_seen and not drafts.is_new_in(change, name, key):
        raise NotFound(f"There is no {kinds.noun(kind.name)} {key!r}.")
    check_may_propose(request.user, name, key)
    return kind


def form(request: HttpRequest, draft: Draft, desk: Desk = PLAIN, *, status: int = 200) -> HttpResponse:
    """The form, or its text, with every sentence in its place."""
    if draft.mode == "ready":
        draft.mode = "form"
    refused = [*draft.problems, *(sentence for _, sentence in draft.beside)]
    fields = draft.form() if draft.mode == "form" else None
    shown = {
        "draft": draft,
        "form": fields,
        "refused": refused,
        "places": [(one, sentence) for one in fields.walk() for sentence in one.problems] if fields else [],
        "text_problems": [sentence for name, sentence in draft.beside if name == "text"] + draft.problems,
        "headline": confirm.headline(draft),
        "crumbs": confirm.crumbs(draft),
        "place": places.place_of(draft.kind.name),
        **desk.shown(request, draft, fields),
    }
    return render(request, desk.template, shown, status=status)


def _act(request: HttpRequest, draft: Draft, desk: Desk, do: str) -> HttpResponse:
    name = do.partition(":")[0]
    if name in desk.acts:
        answer = desk.acts[name](request, draft)
        return answer or form(request, draft, desk, status=200 if draft.is_sound else 422)
    if name in ("add", "remove", "as_form", "as_text", "back"):
        return _turned(request, draft, desk, name)
    if name == "merge":
        return _merge(request, draft, desk)
    return _judged(request, draft, desk, is_final=name in ("propose", "draft"), is_draft=name == "draft")


def _turned(request: HttpRequest, draft: Draft, desk: Desk, name: str) -> HttpResponse:
    """Another row, or the same content seen the other way; nothing is judged yet."""
    if name in ("as_form", "as_text") and not any(name == "text" for name, _ in draft.beside):
        draft.mode, draft.text = name.removeprefix("as_"), ""
    elif name == "back":
        draft.mode = "form"
    return form(request, draft, desk, status=200 if draft.is_sound else 422)


def _judged(request: HttpRequest, draft: Draft, desk: Desk, *, is_final: bool, is_draft: bool = False) -> HttpResponse:
    """Check it; where it is sound, ask for the reason, or propose it, or keep it as a draft, where that is given."""
    if not draft.is_sound:
        return form(request, draft, desk, status=422)
    if (taken := _is_taken(draft)) and not draft.change:
        draft.beside.append(("f.key", taken))
        return form(request, draft, desk, status=422)
    check_may_propose(request.user, draft.kind.name, draft.operation.key, draft.content)
    try:
        others = drafts.together(draft)
        assessment = assess(draft.operation, others)
        base = assessment.base.content if assessment.base else None
        problems = told_of(request.user, [draft.operation, *others], assessment.problems)
        draft.problems += problems or strangers(request.user, draft.kind, draft.content, base, others)
        draft.problems += beyond(request.user, assessment)
        if draft.problems:
            return form(request, draft, desk, status=422)
        if is_final:
            return confirm.put_forward(request, draft, draft.operation, is_draft=is_draft)
        return confirm.confirm(request, draft, assessment)
    except BaseMoved as moved:
        if effective.is_current(draft.operation):  # another object of the same draft
            draft.problems.append(moved.sentence)
            return form(request, draft, desk, status=moved.status)
        return confirm.conflict(request, draft)
    except ContentRefused as refused:
        draft.problems += told_of(request.user, [draft.operation, *drafts.together(draft)], refused.problems)
        return form(request, draft, desk, status=422)


def _merge(request: HttpRequest, draft: Draft, desk: Desk) -> HttpResponse:
    """My changes on top of what is in force now; what both changed stays mine, and is shown for a second look."""
    now = effective.revision_of(draft.kind.name, draft.key)
    theirs = (now.content if now else None) or {}
    draft.content, both = merged(drafts.original_of(draft), draft.content, theirs)
    draft.base, draft.mode = now.version if now else "", "form"
    if both:
        draft.problems.append(f"You both changed {', '.join(both)}; yours stands here. Look again, then check.")
    return form(request, draft, desk)


def _is_taken(draft: Draft) -> str:
    """Why a new object cannot have this key; "" where it can."""
    key = str(draft.content.get("key", ""))
    if draft.key or not key:
        return ""
    now = effective.revision_of(draft.kind.name, key)
    if now is None:
        return ""
    return f"The key {key!r} is taken or was used before; choose another one."
