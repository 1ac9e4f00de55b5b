"""What the demonstration says of itself in the audit trail; every hub can read it there."""

from __future__ import annotations

from governance import audit

audit.describe(demonstration__past="{actor} makes the last {days} days of {subject} under a moved clock.")
