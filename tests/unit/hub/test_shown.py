"""How times and charts are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.console.drawing.chart import Column, Named, Threshold, chart
from hub.templatetags.console import when

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def drawn(values: list[int | None], threshold: int = 0):
    columns = [Column(NOON + timedelta(hours=i), (f"/?at={i}",)) for i in range(len(values))]
    limit = Threshold(threshold, "at most") if threshold else None
    return chart("a", "A", "", columns, [Named("a", "brand", values)], limit)


def test_a_time_is_in_utc_with_the_clock_of_the_site_behind_it(settings):
    settings.HUB_SITE_ZONE = None
    assert (
        when(NOON, "minute")
        == '<time datetime="2026-11-21T12:00:00+00:00" title="2026-11-21 12:00:00 UTC">2026-11-21 12:00</time>'
    )
    settings.HUB_SITE_ZONE = ZoneInfo("Europe/Zurich")
    assert 'title="2026-11-21 12:00:00 UTC, 2026-11-21 13:00:00 in Europe/Zurich"' in when(NOON)
    assert when(None) == "—"


def test_a_line_has_a_gap_where_nothing_was_measured_and_a_dot_for_a_lone_value():
    (line,) = drawn([1, 2, None, 3, None, 4, 5]).lines
    assert line.path.count("M") == 2
    assert len(line.dots) == 1


def test_a_threshold_in_sight_sets_the_scale_and_a_far_one_is_named_at_the_top():
    near, far = drawn([50, 60], 100), drawn([1, 2], 1000)
    assert near.threshold.text == "at most"
    assert near.threshold.at > near.top
    assert (far.threshold.text, far.threshold.at) == ("at most, above this scale", far.top)


def test_each_number_of_a_chart_leads_to_its_rows():
    found = drawn([1, 0])
    assert found.rows[0][1] == (("1", "/?at=0"),)
    assert (found.spots[0].url, found.spots[0].says) == ("/?at=0", "12:00 UTC: 1 a")
    assert drawn([0, 0]).is_flat
