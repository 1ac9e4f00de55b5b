"""The first page: is it working?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hub.console import charts, landscape
from hub.console.doors import page
from hub.console.interfaces import lines
from hub.selectors import interfaces, overview, traffic

SHOWN = 25


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """Five figures, the landscape, three charts and the health table, worst first."""
    rows = interfaces.health(request.user)
    sample = traffic.sample([row.key for row in rows])
    series = overview.series(rows, sample)
    shown = {
        "figures": overview.figures(rows, sample),
        "drawing": landscape.draw(overview.landscape(rows)),
        "charts": (charts.throughput(series), charts.latency(series), charts.backlog(series)),
        "lines": lines(rows[:SHOWN]),
        "now": timezone.now(),
        "since": traffic.since(),
        "more": max(0, len(rows) - SHOWN),
    }
    return render(request, "hub/overview.html", shown)
