"""Charts that the server draws: geometry here, strokes in the template, colours in graphs.css."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.selectors.overview import Series
from hub.selectors.traffic import Latency

WIDTH, HEIGHT = 400, 176
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 12, 24
EVERY_HOURS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One series: a name, a colour class and the path; ``area`` closes it down to the axis."""

    name: str
    colour: str
    path: str
    area: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and what it says."""

    at: float
    text: str

    @property
    def text_y(self) -> float:
        """The baseline of the text of a mark on the left."""
        return round(self.at + 4, 1)

    @property
    def above(self) -> float:
        """The baseline of a text that stands on the line."""
        return round(self.at - 5, 1)


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that a template needs to draw one chart and the table below it."""

    key: str
    title: str
    summary: str
    lines: tuple[Line, ...]
    rows: tuple[tuple[datetime, tuple[str, ...]], ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    threshold: Tick | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    foot: int = HEIGHT - BOTTOM

    @property
    def is_flat(self) -> bool:
        """Nothing to see: every value is zero or missing."""
        return not any(value not in ("0", "—") for _, values in self.rows for value in values)


Values = Sequence[int | None]


def throughput(series: Series) -> Chart:
    """Deliveries and failed tries an hour."""
    top, worst = sum(series.delivered), sum(series.failed)
    summary = f"{top} delivered and {worst} failed tries in 24 hours."
    named = (("delivered", "brand", series.delivered), ("failed tries", "bad", series.failed))
    return _chart("throughput", "Throughput", summary, series.hours, named)


def latency(series: Series) -> Chart:
    """From acceptance to delivery."""
    named = tuple(
        (name, colour, tuple(getattr(one, name) for one in series.latencies))
        for name, colour in (("p50", "cyan"), ("p95", "brand"), ("p99", "violet"))
    )
    return _chart("latency", "Latency, ms", _slowest(series.latencies), series.hours, named)


def backlog(series: Series, *, alert_at: int = 1000) -> Chart:
    """Open deliveries at the end of each hour, with the line at which somebody should look."""
    summary = f"{series.backlog[-1]} open now, at most {max(series.backlog)} in 24 hours."
    named = (("open deliveries", "warn", series.backlog),)
    return _chart("backlog", "Backlog", summary, series.hours, named, alert_at=alert_at)


def sparkline(points: Sequence[int], *, width: int = 94, height: int = 24) -> str:
    """Points of a polyline; flat at the foot where nothing happened."""
    top, step = max(points, default=0) or 1, width / max(1, len(points) - 1)
    return " ".join(f"{i * step:.1f},{height - 2 - value / top * (height - 4):.1f}" for i, value in enumerate(points))


def _slowest(latencies: Sequence[Latency]) -> str:
    measured = [one.p95 for one in latencies if one.p95 is not None]
    return f"The slowest hour had a 95th percentile of {max(measured)} ms." if measured else "Nothing was delivered."


def _chart(
    key: str,
    title: str,
    summary: str,
    hours: Sequence[datetime],
    named: Sequence[tuple[str, str, Values]],
    *,
    alert_at: int = 0,
) -> Chart:
    highest = max((value or 0 for _, _, values in named for value in values), default=0)
    top = _round_up(highest)
    shows_threshold = alert_at and alert_at <= top
    return Chart(
        key=key,
        title=title,
        summary=summary,
        lines=tuple(_line(name, colour, values, top) for name, colour, values in named),
        rows=tuple(
            (hour, tuple("—" if values[i] is None else f"{values[i]:,}" for _, _, values in named))
            for i, hour in enumerate(hours)
        ),
        across=tuple(
            Tick(_x(i, len(hours)), f"{hour:%H:%M}") for i, hour in enumerate(hours) if hour.hour % EVERY_HOURS == 0
        ),
        up=tuple(Tick(_y(top * part / 4, top), _short(top * part // 4)) for part in (0, 2, 4)),
        threshold=Tick(_y(alert_at, top), f"look at it from {alert_at:,}") if shows_threshold else None,
    )


def _line(name: str, colour: str, values: Values, top: int) -> Line:
    points = [(_x(i, len(values)), _y(value, top)) for i, value in enumerate(values) if value is not None]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""
    foot = HEIGHT - BOTTOM
    area = f"{path}L{points[-1][0]:.1f} {foot}L{points[0][0]:.1f} {foot}Z" if points else ""
    return Line(name, colour, path + ("h1" if len(points) == 1 else ""), area)


def _x(index: int, size: int) -> float:
    return LEFT + index * (WIDTH - LEFT - RIGHT) / max(1, size - 1)


def _y(value: float, top: int) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


def _round_up(highest: int) -> int:
    """The next of 4, 8, 20, 40, 80, 200 …: divides well into quarters."""
    top, factors = 4, (2.0, 2.5, 2.0)
    step = 0
    while top < highest:
        top = round(top * factors[step % 3])
        step += 1
    return top


def _short(number: int) -> str:
    return f"{number / 1000:g}k" if number >= 1000 else str(number)
