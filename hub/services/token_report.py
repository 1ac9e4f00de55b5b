"""Once a day the log says which tokens of systems end soon, and which nobody uses."""

from __future__ import annotations

import structlog

from hub.selectors.service_accounts import listed, report

log = structlog.get_logger(__name__)


def write_report() -> int:
    """A warning for each; returns how many they are. The same sentences stand on the page of service accounts."""
    sentences = report(listed())
    for sentence in sentences:
        log.warning("service_token.look_at", sentence=sentence)
    return len(sentences)
