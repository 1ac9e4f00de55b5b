"""The last step of a proposal: what it means, the reason, and what stands in the way when somebody was first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from governance.changes import effective, kinds, propose
from governance.changes.choosing.policies import counting
from governance.changes.operation import Operation
from governance.changes.propose import draft as new_draft
from governance.changes.proposing import companions, drafting
from governance.changes.proposing.checks import LONGEST_TITLE, check_title
from governance.changes.proposing.difference import Line
from governance.changes.told.stage_words import where_it_is
from governance.console import drafts, places
from governance.console.differences import difference
from governance.console.doors import record
from governance.console.drafts import Draft
from governance.errors import BaseMoved, ContentRefused, NotAllowed, NotFound, Refused
from governance.guard.context import check_reason
from governance.models import ChangeRequest
from governance.selectors.proposals import Assessment, assess, merged

CONFIRM = "governance/proposals/confirm.html"
RETIRE = "governance/proposals/retire.html"


def headline(draft: Draft) -> str:
    """The heading of every step."""
    return f"Change {draft.key}" if draft.key else f"New {draft.kind.label[0].lower()}{draft.kind.label[1:]}"


def put_forward(request: HttpRequest, draft: Draft, operation: Operation, *, is_draft: bool = False) -> HttpResponse:
    """Propose it with title and reason, or keep it as a draft; what is wrong with these stays beside them."""
    try:
        if not draft.change:
            check_title(draft.title)
        check_reason(draft.reason)
        made = _made(request, draft, operation, is_draft=is_draft)
    except (BaseMoved, ContentRefused) as refused:
        record(request, "change.propose", refused, {draft.kind.name: operation.key})
        raise
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        record(request, "change.propose", refused, {draft.kind.name: operation.key})
        draft.beside.append((refused.field, refused.sentence))
        return confirm(request, draft, assess(operation, drafts.together(draft)), status=refused.status)
    into = f"{operation.key} is part of {made.number} now."
    messages.success(request, into if draft.change else where_it_is(made))
    place = places.place_of(draft.kind.name)
    if place is not None and place.once_new and not draft.key:
        messages.info(request, place.once_new)
    return redirect("change", made.number)


def _made(request: HttpRequest, draft: Draft, operation: Operation, *, is_draft: bool) -> ChangeRequest:
    """A change request of its own, or the draft that this belongs to."""
    if draft.change:
        return drafting.edit(
            number=draft.change, operation=operation, by=request.user, reason=draft.reason, seen=draft.seen
        )
    make = new_draft if is_draft else propose
    brought = companions.bring([operation])
    return make(operations=brought, title=draft.title, by=request.user, reason=draft.reason, source="console")


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
        "brought": _brought(request.user, assessment),
        "problem_of": dict(draft.beside),
        "obstacles": [sentence for name, sentence in draft.beside if name not in ("title", "reason")],
        "is_decided": bool(counting()),
        "headline": headline(draft),
        "crumbs": crumbs(draft),
    }
    return render(request, RETIRE if assessment.operation.content is None else CONFIRM, shown, status=status)


def _brought(user: Any, assessment: Assessment) -> list[tuple[Link, tuple[Line, ...]]]:
    """What the hub brings along, with what it changes; an author who may not see all of it came not this far."""
    lines = {(one.operation.kind, one.operation.key): one.lines for one in assessment.brought}
    return [(one, lines[one.kind, one.key]) for one in linked(user, list(lines))]


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

    @property
    def noun(self) -> str:
        """The kind in the middle of a sentence."""
        return kinds.noun(self.kind)


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
