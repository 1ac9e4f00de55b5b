"""One box for everything: messages, interfaces and the dictionary."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dictionary.selectors import search as dictionary
from hub.console.doors import page
from hub.selectors import interfaces, messages

MOST = 10


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """What was found, by kind; an empty box finds nothing."""
    text = request.GET.get("q", "").strip()[:200]
    shown: dict[str, Any] = {"text": text, "searched": text}
    if text:
        words = text.lower()
        listed = interfaces.listed(request.user)
        found = [one for one in listed if words in f"{one.key} {one.label} {one.source.label} {one.owner}".lower()]
        shown |= {
            "found_messages": messages.search(request.user, text=text, limit=MOST),
            "interfaces": found[:MOST],
            "dictionary": dictionary.search(text),
        }
    return render(request, "hub/search.html", shown)
