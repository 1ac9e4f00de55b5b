"""Every pattern of the console in both themes side by side, with made-up content. Not in production."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.console import query
from governance.errors import Refused
from hub.console import words
from hub.console.differences import difference
from hub.console.doors import page
from hub.console.forms import DecisionForm
from hub.console.watching import charts
from hub.console.words import CRITICALITIES
from hub.selectors.watching.standing import Standing

SIDES = ("light", "dark")
DAY = datetime(2026, 11, 21, tzinfo=UTC)
STANDINGS = (("bad", "Halted"), ("mute", "Paused"), ("ok", "Healthy"))
PATTERNS = (
    ("words", "Words"),
    ("buttons", "Buttons"),
    ("fields", "Fields"),
    ("filters", "Filters"),
    ("notices", "Notices"),
    ("pills", "States"),
    ("figures", "Figures"),
    ("tables", "Tables"),
    ("lists", "Lists"),
    ("charts", "Charts"),
    ("differences", "Differences"),
    ("empty", "Empty and wrong"),
)


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """404 in production, where nobody builds pages."""
    if settings.HUB_ENVIRONMENT == "production":
        raise Http404
    query.only(request)
    patterns = [(name, title, f"hub/catalogue/_{name}.html") for name, title in PATTERNS]
    return render(request, "hub/catalogue/page.html", {"patterns": patterns, "sides": [_side(one) for one in SIDES]})


def _side(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "form": _form(name),
        "fields": [("criticality", "Criticality", CRITICALITIES, "high")],
        "states": list(words.STATES),
        "standings": [Standing(tone, word, "") for tone, word in STANDINGS],
        "chart": _chart(name),
        "difference": difference("1.0.0", "unit: mg/dL\ndigits: 1", "1.1.0", "unit: g/L\ndigits: 1"),
        "moment": DAY,
    }


def _form(name: str) -> DecisionForm:
    """A form as it comes back: one field is wrong, one is filled."""
    form = DecisionForm({"reason": "ok", "decision": "it_arrived"}, auto_id=f"{name}-%s")
    form.is_valid()
    form.refuse(Refused("The reason 'ok' says too little.", field="reason"))
    return form


def _chart(name: str) -> Any:
    hours = [DAY + timedelta(hours=hour) for hour in range(24)]
    delivered = [8, 6, 5, 5, 7, 12, 30, 44, 61, 70, 66, 58, 49, 63, 71, 68, 52, 40, 31, 24, 18, 14, 11, 9]
    failed = [0] * 14 + [3, 9, 6, 1] + [0] * 6
    series: Any = SimpleNamespace(hours=hours, delivered=delivered, failed=failed)
    return replace(charts.throughput(series), key=f"{name}-chart", title=f"Throughput, {name}")
