"""A document as people read it: the page of any revision, and the same on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dictionary.documents.parts import Section
from dictionary.documents.printed import file_name, printed
from dictionary.permissions import readable_icds
from dictionary.selectors.documents import Document, document, versions
from governance.console.confirm import linked
from governance.console.doors import page
from governance.console.query import asked
from governance.printing import PrintingUnavailable


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The document in force, or ``?version=`` of it."""
    return _shown(request, _found(request, key))


@require_safe
@page
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """PDF/A of the same; the page with the reason where this hub cannot print."""
    found = _found(request, key)
    try:
        content = printed(found, request.user)
    except PrintingUnavailable as refused:
        return _shown(request, found, problem=refused.sentence, status=refused.status)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(found)}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _found(request: HttpRequest, key: str) -> Document:
    version = asked(request, ("version",))["version"]
    rows = readable_icds(request.user).select_related("revision__change")
    return document(request.user, get_object_or_404(rows, key=key), version)


def _generated(user: Any, found: Document) -> list[tuple[str, str, list[Section]]]:
    """(interface, its page or "" for who may not see it, sections)."""
    pages = {one.key: one.address for one in linked(user, [("interface", key) for key, _ in found.generated])}
    return [(key, pages.get(key, ""), sections) for key, sections in found.generated]


def _shown(request: HttpRequest, found: Document, *, problem: str = "", status: int = 200) -> HttpResponse:
    shown = {
        "document": found,
        "problem": problem,
        "generated": _generated(request.user, found),
        "history": versions(request.user, found.key),
        "crumbs": [("ICDs", reverse("icds")), (found.key, reverse("icd", args=[found.key]))],
    }
    return render(request, "dictionary/icds/document.html", shown, status=status)
