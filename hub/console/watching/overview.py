"""The first page: is it working?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.console import places, query
from governance.selectors import changes, queues
from hub import objectives
from hub.console.doors import page
from hub.console.watching import charts
from hub.console.watching.interfaces import lines
from hub.console.watching.landscape import drawings
from hub.selectors.watching import interfaces, landscape, overview, traffic

SHOWN = 25


@require_safe
@page
def show(request: HttpRequest) -> HttpResponse:
    """Five figures, the landscape, three charts and the health table, worst first."""
    query.only(request)
    rows = interfaces.health(request.user)
    sample = traffic.sample([row.key for row in rows])
    objective = objectives.default()
    shown = {
        "figures": overview.figures(rows, sample),
        "overdue": queues.overdue_of(changes.listed(request.user, places.visible), request.user),
        "objective": objective,
        "drawings": drawings(landscape.landscape(request.user, rows)),
        "charts": charts.three(overview.series(rows, sample), objective),
        "lines": lines(rows[:SHOWN]),
        "now": timezone.now(),
        "since": traffic.since(),
        "more": max(0, len(rows) - SHOWN),
    }
    return render(request, "hub/overview.html", shown)
