"""The last step of a proposal: what it means, the reason, and what stands in the way when somebody was first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from governance.changes import effective, kinds, propose
from governance.changes.operation import Operation
from governance.console import drafts, places
from governance.console.differences import difference
from governance.console.doors import record
from governance.console.drafts import Draft
from governance.errors import BaseMoved, ContentRefused, NotAllowed, NotFound, Refused
from governance.guard.context import check_reason
from governance.selectors.proposals import Assessment, assess, merged

CONFIRM = "governance/proposals/confirm.html"
RETIRE = "governance/proposals/retire.html"
LONGEST_TITLE = 200


def headline(draft: Draft) -> str:
    """The heading of every step."""
    return f"Change {draft.key}" if draft.key else f"New {draft.kind.label[0].lower()}{draft.kind.label[1:]}"


def put_forward(request: HttpRequest, draft: Draft, operation: Operation) -> HttpResponse:
    """Propose it with title and reason; what is wrong with these stays beside them."""
    try:
        _check_words(draft.title, draft.reason)
        check_reason(draft.reason)
        made = propose(
            operations=[operation], title=draft.title, by=request.user, reason=draft.reason, source="console"
        )
    except (BaseMoved, ContentRefused) as refused:
        record(request, "change.propose", refused, {draft.kind.name: operation.key})
        raise
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        record(request, "change.propose", refused, {draft.kind.name: operation.key})
        draft.beside.append((refused.field, refused.sentence))
        return confirm(request, draft, assess(operation), status=refused.status)
    messages.success(request, f"{made.number} is {made.get_state_display().lower()}.")
    place = places.place_of(draft.kind.name)
    if place is not None and place.once_new and not draft.key:
        messages.info(request, place.once_new)
    return redirect("change", made.number)


def _check_words(title: str, reason: str) -> None:
    for name, text in (("title", title), ("reason", reason)):
        if "\x00" in text:
            raise Refused(f"The {name} holds a NUL character, which no text here can have.", field=name, rule="text")
    if not 5 <= len(title) <= LONGEST_TITLE:
        raise Refused(
            f"The title has {len(title)} characters; it needs 5 to {LONGEST_TITLE} that say what is changed.",
            field="title",
            value=title[:60],
            rule=f"5 to {LONGEST_TITLE} characters",
        )


def confirm(
    request: HttpRequest,
    draft: Draft,
    assessment: Assessment,
    *,
    status: int = 200,
) -> HttpResponse:
    """Meaning first, then the text; what depends on it; then title and reason."""
    does = headline(draft) if assessment.operation.content is not None else f"Retire {draft.key}"
    draft.title = draft.title or f"{does}: {draft.content.get('label', '')}"[:LONGEST_TITLE].rstrip(": ")
    shown = {
        "draft": draft,
        "assessment": assessment,
        "difference": difference("In force", assessment.old_text, "Proposed", assessment.new_text),
        "dependents": linked(request.user, assessment.dependents),
        "problem_of": dict(draft.beside),
        "headline": headline(draft),
        "crumbs": crumbs(draft),
    }
    return render(request, RETIRE if assessment.operation.content is None else CONFIRM, shown, status=status)


def conflict(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Somebody else's change came first: theirs and mine side by side, and nothing of mine lost."""
    now = effective.revision_of(draft.kind.name, draft.key)
    theirs, base = (now.content if now else None) or {}, drafts.original_of(draft)
    _, both = merged(base, draft.content, theirs)
    shown = {
        "draft": draft,
        "now": now,
        "theirs": draft.kind.compare(base, theirs),
        "mine": draft.kind.compare(base, draft.content),
        "both": both,
        "difference": difference("In force now", draft.kind.render(theirs), "Yours", draft.kind.render(draft.content)),
        "headline": headline(draft),
        "crumbs": crumbs(draft),
    }
    return render(request, "governance/proposals/conflict.html", shown, status=409)


class Link(NamedTuple):
    """An object as pages name it; ``address`` is "" where it has no page."""

    label: str
    key: str
    address: str
    kind: str


def linked(user: Any, references: Collection[tuple[str, str]]) -> list[Link]:
    """Those of the objects that the user may know of, in their order."""
    keys: dict[str, list[str]] = {}
    for kind, key in references:
        keys.setdefault(kind, []).append(key)
    seen = {
        (kind, key)
        for kind, wanted in keys.items()
        for key in places.visible(user, kind).filter(key__in=wanted).values_list("key", flat=True)
    }
    return [
        Link(kinds.get(kind).label, key, places.page_of(kind, key), kind)
        for kind, key in references
        if (kind, key) in seen
    ]


def crumbs(draft: Draft | None = None) -> list[tuple[str, str]]:
    crumbs = [("Change control", reverse("changes"))]
    if draft and draft.key and (address := places.page_of(draft.kind.name, draft.key)):
        crumbs.append((draft.key, address))
    return crumbs
