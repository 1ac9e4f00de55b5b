"""Charts that the server draws: what each shows, and where each of its numbers leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from hub.console.drawing.chart import Chart, Column, Named, Threshold, chart
from hub.objectives import Objective
from hub.selectors.watching.overview import Series
from hub.selectors.watching.traffic import Latency

HOUR = timedelta(hours=1)


def three(series: Series, objective: Objective, interface: str = "") -> tuple[Chart, Chart, Chart]:
    """Throughput, latency and backlog of all interfaces, or of one."""
    return (
        throughput(series, interface),
        latency(series, objective, interface),
        backlog(series, objective, interface),
    )


def throughput(series: Series, interface: str = "") -> Chart:
    """Deliveries and failed tries an hour."""
    summary = f"{sum(series.delivered)} delivered and {sum(series.failed)} failed tries in 24 hours."
    named = (Named("delivered", "brand", series.delivered), Named("failed tries", "bad", series.failed))
    columns = [
        Column(hour, (_delivered(hour, interface), _link("tries", **_hour(hour), interface=interface)))
        for hour in series.hours
    ]
    return chart("throughput", "Throughput", summary, columns, named, ends_open=True)


def latency(series: Series, objective: Objective, interface: str = "") -> Chart:
    """From acceptance to delivery."""
    named = tuple(
        Named(name, colour, tuple(getattr(one, name) for one in series.latencies))
        for name, colour in (("p50", "cyan"), ("p95", "brand"), ("p99", "violet"))
    )
    columns = [Column(hour, (_delivered(hour, interface, order="slowest"),) * 3) for hour in series.hours]
    threshold = Threshold(objective.p95_ms, f"p95 at most {objective.p95_ms:,} ms")
    return chart("latency", "Latency, ms", _slowest(series.latencies), columns, named, threshold, has_area=False)


def backlog(series: Series, objective: Objective, interface: str = "") -> Chart:
    """What waited for the hub at the end of each hour."""
    summary = f"{series.backlog[-1]} waiting now, at most {max(series.backlog)} in 24 hours."
    columns = [Column(hour, (_waiting(hour, series.hours[-1], interface),)) for hour in series.hours]
    threshold = Threshold(objective.backlog, f"at most {objective.backlog:,}")
    return chart("backlog", "Backlog", summary, columns, (Named("waiting", "warn", series.backlog),), threshold)


def sparkline(points: Sequence[int], *, width: int = 94, height: int = 24) -> str:
    """Points of a polyline; flat at the foot where nothing happened."""
    top, step = max(points, default=0) or 1, width / max(1, len(points) - 1)
    return " ".join(f"{i * step:.1f},{height - 2 - value / top * (height - 4):.1f}" for i, value in enumerate(points))


def _slowest(latencies: Sequence[Latency]) -> str:
    measured = [one.p95 for one in latencies if one.p95 is not None]
    return f"The slowest hour had a 95th percentile of {max(measured)} ms." if measured else "Nothing was delivered."


def _delivered(hour: datetime, interface: str, **more: str) -> str:
    return _link("deliveries", **_hour(hour), interface=interface, **more)


def _waiting(hour: datetime, running: datetime, interface: str) -> str:
    """The running hour has no end yet: its rows are those that wait now."""
    at = "" if hour == running else f"{hour + HOUR:%Y-%m-%dT%H:%M}"
    return _link("deliveries", state="waiting", at=at, interface=interface)


def _hour(hour: datetime) -> dict[str, str]:
    return {"since": f"{hour:%Y-%m-%dT%H:%M}", "until": f"{hour + HOUR:%Y-%m-%dT%H:%M}"}


def _link(name: str, **filters: str) -> str:
    return f"{reverse(name)}?{urlencode({key: value for key, value in filters.items() if value})}"
