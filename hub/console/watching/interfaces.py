"""Interfaces: the list worst first, one interface with its switches, pause and resume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from governance.console import query
from governance.console.past import in_the_past
from hub.console.doors import act, page
from hub.console.watching import charts
from hub.console.words import TONES
from hub.flow import control
from hub.permissions import check_may_operate, interface_for, may_operate, may_read_payload
from hub.selectors import drift
from hub.selectors.documents import covered
from hub.selectors.trail import audit
from hub.selectors.watching import interfaces, overview, traffic
from hub.selectors.watching.interfaces import Health
from hub.selectors.watching.standing import STANDINGS


def lines(rows: Sequence[Health]) -> list[tuple[Health, str]]:
    """Rows with the points of their sparkline."""
    return [(row, charts.sparkline(row.by_hour)) for row in rows]


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """All interfaces of the user; ``?tone=``, ``?standing=`` and ``?q=`` narrow them."""
    query.only(request, "tone", "standing", "q")
    tone, text = query.choice(request, "tone", dict(TONES)), query.words(request, "q")
    standing = query.choice(request, "standing", (word.lower() for word in STANDINGS))
    rows = interfaces.health(request.user)
    shown = {
        "lines": lines([row for row in rows if _matches(row, tone, standing, text.lower())]),
        "total": len(rows),
        "tone": tone,
        "standing": standing,
        "text": text,
        "tones": TONES,
        "is_filtered": bool(tone or standing or text),
    }
    return render(request, "hub/interfaces/list.html", shown)


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One interface: how it stands and why, what it runs with, what went wrong lately."""
    query.only(request, "as_of")
    interface = interfaces.listed(request.user).filter(key=key).first() or interface_for(request.user, key)
    if (then := in_the_past(request, interface)) is not None:
        return then
    health = interfaces.health_of(interface)
    series = overview.series([health], traffic.sample([key]))
    shown = {
        "interface": interface,
        "health": health,
        "row": health,
        "charts": charts.three(series, health.objective, key),
        "release": interface.control.release,
        "releases": interfaces.releases(interface),
        "routes": interfaces.route_offers(interface),
        "covered": covered(interface),
        "errors": interfaces.last_errors(interface, may_read=may_read_payload(request.user, interface)),
        "drift": drift.of_interface(key)[:50],
        "runs": interfaces.runs(interface) if interface.mode == "poll" else (),
        "stream": interfaces.stream(interface),
        "events": audit.about("interface", key, limit=6),
        "crumbs": [("Interfaces", reverse("interfaces"))],
        **_switch(request, interface),
    }
    return render(request, "hub/interfaces/detail.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def pause(request: HttpRequest, key: str) -> HttpResponse:
    """Ask why, then pause."""
    interface = interface_for(request.user, key)
    check_may_operate(request.user, interface)
    shown = {
        "title": f"Pause {interface.label}",
        "says": "Nothing is read from the source or delivered until somebody resumes it. "
        "What systems push is still accepted and kept, in order.",
        "button": "Pause this interface",
    }
    return _switched(request, key, "pause", control.pause, f"{key} is paused.", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def resume(request: HttpRequest, key: str) -> HttpResponse:
    """Ask why, then go on."""
    interface = interface_for(request.user, key)
    check_may_operate(request.user, interface)
    shown = {
        "title": f"Resume {interface.label}",
        "says": "What has been kept meanwhile is delivered now, in its order.",
        "button": "Resume this interface",
    }
    return _switched(request, key, "resume", control.resume, f"{key} goes on.", shown)


def _switched(request: HttpRequest, key: str, name: str, do: Any, done: str, shown: dict[str, Any]) -> HttpResponse:
    return act(
        request,
        name=f"interface.{name}",
        subject=("interface", key),
        do=lambda **given: do(interface_key=key, **given),
        done=done,
        back=reverse("interface", args=[key]),
        shown={
            **shown,
            "crumbs": [("Interfaces", reverse("interfaces")), (key, reverse("interface", args=[key]))],
        },
    )


def _switch(request: HttpRequest, interface: Any) -> dict[str, Any]:
    """Which of the two acts applies, and why it is not offered where it is not."""
    allowed = may_operate(request.user, interface)
    return {
        "act_name": "resume" if interface.control.paused_at else "pause",
        "why_not": "" if allowed else f"You may look at {interface.key}, but not operate it.",
    }


def _matches(row: Health, tone: str, standing: str, text: str) -> bool:
    """By tone, by word, and by any part of key, label, owner or system."""
    words = " ".join((row.key, row.interface.label, row.interface.owner, row.source, *row.targets)).lower()
    return tone in ("", row.standing.tone) and standing in ("", row.standing.word.lower()) and text in words
