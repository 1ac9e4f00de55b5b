"""One page for any record: what happened to it, in order, from the trail alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from governance.console import places, query
from hub.console.doors import page
from hub.console.places import address
from hub.console.trail import audit_words
from hub.selectors.story import MOST, story_of
from hub.selectors.story.records import record_for


@require_safe
@page
def show(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The story of one record, for whom may see the record."""
    query.only(request)
    record = record_for(request.user, kind, key, places.visible)
    shown = {
        "record": record,
        "kind": capfirst(audit_words.subject(kind)),
        "story": story_of(request.user, record),
        "most": MOST,
        "page": address(kind, key),
        "crumbs": [("Audit trail", reverse("audit"))],
    }
    return render(request, "hub/audit/story.html", shown)
