"""The landscape on a page of its own: filters, the drawing, and the same as a table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.console import query
from hub.console.doors import page
from hub.console.drawing.map import draw
from hub.console.drawing.shape import NARROW, WIDE
from hub.console.words import CRITICALITIES, LEVELS, TONES, YES_NO
from hub.selectors.watching import interfaces, landscape, traffic
from hub.selectors.watching.landscape import Filter, Landscape

FILTERS = ("level", "criticality", "gxp", "tone")


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """``?level=`` of either end, ``?criticality=``, ``?gxp=`` and ``?tone=`` of the interface."""
    query.only(request, *FILTERS)
    given = _given(request)
    found = landscape.landscape(request.user, interfaces.health(request.user), _wanted(given))
    shown = {
        "drawings": drawings(found),
        "found": found,
        "given": given,
        "is_filtered": any(given.values()),
        "fields": _fields(given),
        "now": timezone.now(),
        "since": traffic.since(),
    }
    return render(request, "hub/landscape.html", shown)


def drawings(found: Landscape) -> tuple[Any, ...]:
    """One for wide screens and paper, one for telephones; the style sheet shows one of them."""
    return (draw(found, WIDE), draw(found, NARROW)) if found.systems else ()


def _given(request: HttpRequest) -> dict[str, str]:
    return {
        "level": query.choice(request, "level", dict(LEVELS)),
        "criticality": query.choice(request, "criticality", dict(CRITICALITIES)),
        "gxp": query.choice(request, "gxp", dict(YES_NO)),
        "tone": query.choice(request, "tone", dict(TONES)),
    }


def _wanted(given: dict[str, str]) -> Filter:
    return Filter(
        tone=given["tone"],
        criticality=given["criticality"],
        gxp=given["gxp"] == "yes" if given["gxp"] else None,
        level=int(given["level"]) if given["level"] else None,
    )


def _fields(given: dict[str, str]) -> list[tuple[str, str, Any, str]]:
    """(name, label, choices, chosen) of each filter."""
    offered = {
        "level": ("ISA-95 level", LEVELS),
        "criticality": ("Criticality", CRITICALITIES),
        "gxp": ("GxP", YES_NO),
        "tone": ("Status", TONES),
    }
    return [(name, label, choices, given[name]) for name, (label, choices) in offered.items()]
