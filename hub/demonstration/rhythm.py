"""How busy the company is: by day more than at night, a little uneven. Pure; the past and the present share it."""

from __future__ import annotations

from datetime import datetime

from hub.demonstration.records import SITE

# Records an hour, by the hour of the clock on the wall in Visp: three shifts, the day shift with the laboratory.
BY_HOUR = (
    *(57, 54, 51, 51, 57, 72, 96, 123, 141, 150, 153, 147),
    *(135, 147, 150, 141, 129, 117, 105, 99, 90, 81, 72, 63),
)


def per_hour(moment: datetime) -> int:
    """Records in an hour like this one; the same moment gives the same number."""
    local = moment.astimezone(SITE)
    unevenness = 90 + (local.toordinal() * 24 + local.hour) * 7919 % 21  # percent
    return BY_HOUR[local.hour] * unevenness // 100


def seconds_between(moment: datetime) -> float:
    """Between two records."""
    return 3600 / per_hour(moment)
