"""``/metrics`` in the text format of Prometheus, from the selectors that the console reads.

Deny first: without a token or networks in the settings the address does not exist (404); a wrong token is 401.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from governance.fingerprint import BUILD
from governance.selectors.sealing import sealing
from hub import health
from hub.selectors.watching.operation import Operation, operation

Value = Callable[[Operation], Any]  # a number, or None where there is nothing to tell


def answer(request: HttpRequest) -> HttpResponse:
    """The page, for who may ask."""
    if not _may_know(request):
        return HttpResponse("Not found\n", status=404, content_type="text/plain")
    if not _has_token(request):
        refused = HttpResponse("A bearer token is needed.\n", status=401, content_type="text/plain")
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    if request.method not in ("GET", "HEAD"):
        return HttpResponse("Metrics are read with GET.\n", status=405, headers={"Allow": "GET, HEAD"})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_know(request: HttpRequest) -> bool:
    """Whether the address exists for who asks. Behind a proxy everybody seems near: there a token is needed."""
    networks = settings.HUB_METRICS_NETWORKS
    if not networks:
        return bool(settings.HUB_METRICS_TOKEN)
    if not settings.HUB_METRICS_TOKEN and "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in networks)


def _has_token(request: HttpRequest) -> bool:
    wanted = settings.HUB_METRICS_TOKEN
    said = request.headers.get("Authorization", "")
    return not wanted or hmac.compare_digest(said.encode(), f"Bearer {wanted}".encode())


class Figures(Collector):
    """Everything that is told, read anew at each scrape."""

    def collect(self) -> Iterator[Metric]:
        is_ready = not health.database_sentence()
        yield from _of_the_hub(is_ready)
        if is_ready:
            yield from _of_the_log()
        found = operation() if is_ready else []
        for name, sentence, value in A_VALUE_EACH:
            family = GaugeMetricFamily(f"interlock_{name}", sentence, labels=["interface"])
            for one in found:
                if (number := value(one)) is not None:
                    family.add_metric([one.key], number)
            yield family
        yield from _by_state(found)
        yield _latency(found)


def _of_the_hub(is_ready: bool) -> Iterator[Metric]:
    build = GaugeMetricFamily("interlock_build_info", "1, with build and environment.", labels=["build", "environment"])
    build.add_metric([BUILD, settings.HUB_ENVIRONMENT], 1)
    yield build
    sentence = "1 where the database answers and is that of this build; otherwise nothing else is told."
    yield GaugeMetricFamily("interlock_database_ready", sentence, value=is_ready)
    is_up = not health.broker_sentence()
    yield GaugeMetricFamily("interlock_broker_up", "1 where the broker answers, or none is needed.", value=is_up)


def _of_the_log() -> Iterator[Metric]:
    now = sealing()
    size, stopped = now.checkpoint.size if now.checkpoint else 0, 1 if now.stopped else 0
    yield GaugeMetricFamily("interlock_ledger_sealed_entries", "Entries of the sealed log.", value=size)
    waiting = "How long the oldest line of the ledger has been waiting to be sealed."
    yield GaugeMetricFamily("interlock_ledger_unsealed_seconds", waiting, value=now.lag_seconds)
    forged = "Sealed rows that the application did not write."
    yield GaugeMetricFamily("interlock_ledger_unattested", forged, value=now.unattested)
    yield GaugeMetricFamily("interlock_ledger_stopped", "1 where the sealer waits for an epoch.", value=stopped)


def _by_state(found: list[Operation]) -> Iterator[Metric]:
    """A state in which there is nothing is told as 0, so that an alert has something to compare."""
    deliveries = GaugeMetricFamily("interlock_deliveries", "Open deliveries by state.", labels=["interface", "state"])
    messages = GaugeMetricFamily("interlock_messages", "Messages not routed, by state.", labels=["interface", "state"])
    for one in found:
        for state, number in one.by_state.items():
            deliveries.add_metric([one.key, state], number)
        for state, number in one.waiting.items():
            messages.add_metric([one.key, state], number)
    return iter((deliveries, messages))


def _latency(found: list[Operation]) -> Metric:
    """Quantiles as the console shows them: over the newest 5,000 deliveries of the last 24 hours."""
    family = GaugeMetricFamily(
        "interlock_delivery_latency_seconds", "Acceptance to delivery, by quantile.", labels=["interface", "quantile"]
    )
    for one in found:
        for quantile, ms in (("0.5", one.latency.p50), ("0.95", one.latency.p95), ("0.99", one.latency.p99)):
            if ms is not None:
                family.add_metric([one.key, quantile], ms / 1000)
    return family


A_VALUE_EACH: tuple[tuple[str, str, Value], ...] = (
    ("messages_accepted_day", "Messages accepted in the last 24 hours.", lambda one: one.accepted),
    ("deliveries_confirmed_day", "Deliveries confirmed in the last 24 hours.", lambda one: one.delivered),
    ("backlog", "Messages and deliveries that wait for the hub.", lambda one: one.backlog),
    (
        "backlog_oldest_seconds",
        "How long the oldest of the backlog has been waiting.",
        lambda one: one.oldest_seconds(timezone.now()),
    ),
    (
        "last_success_timestamp_seconds",
        "When a delivery was last confirmed.",
        lambda one: one.last_success.timestamp() if one.last_success else None,
    ),
    ("paused", "1 while the interface is paused.", lambda one: one.is_paused),
    ("halted", "1 while the hub itself keeps the interface stopped.", lambda one: one.is_halted),
    (
        "poll_failures",
        "Readings of the stream that failed in a row.",
        lambda one: one.stream and one.stream.failures,
    ),
    (
        "poll_last_success_timestamp_seconds",
        "When the stream was last read.",
        lambda one: one.stream.last_success_at.timestamp() if one.stream and one.stream.last_success_at else None,
    ),
    (
        "poll_due_timestamp_seconds",
        "When the stream is to be read next.",
        lambda one: one.stream.due_at.timestamp() if one.stream else None,
    ),
)
