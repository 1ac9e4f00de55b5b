"""The page of a local term: what one system calls an element."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dictionary.console.index import crumbs
from dictionary.permissions import visible_elements, visible_terms
from governance.console.doors import page
from governance.console.past import in_the_past
from governance.selectors.changes import history

RELATIONS = {
    "same": "means the same as the element",
    "narrower": "means less than the element",
    "broader": "means more than the element",
    "derived": "is worked out from the element",
}


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The word, the element, and how close they are."""
    found = get_object_or_404(visible_terms(request.user), key=key)
    if (then := in_the_past(request, found)) is not None:
        return then
    shown = {
        "term": found,
        "means": RELATIONS.get(found.relation, found.relation),
        "element": visible_elements(request.user).filter(key=found.element).first(),
        "others": visible_terms(request.user).filter(element=found.element).exclude(key=key).order_by("system"),
        "history": history("local_term", key),
        "crumbs": crumbs("terms"),
    }
    return render(request, "dictionary/terms/detail.html", shown)
