"""Traces over OpenTelemetry, where ``HUB_OTEL_ENDPOINT`` names a collector; otherwise nothing happens here.

A span says what was done, for which interface and how it ended: numbers, keys and states, never a value of a payload,
a query string or a header. The libraries are an extra (requirements-telemetry.txt).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.util import Finalize
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from governance.fingerprint import BUILD

ABSENT = (
    "HUB_OTEL_ENDPOINT is set, but the OpenTelemetry libraries are not installed. Install them with "
    "`pip install -r requirements-telemetry.txt -c constraints.txt`, or leave HUB_OTEL_ENDPOINT empty."
)

_tracer: Any = None
_provider: Any = None


def start(process: str) -> None:
    """Begin to trace in this process ("web", "worker"); after a fork, since sending has a thread of its own."""
    global _tracer, _provider
    if not settings.HUB_OTEL_ENDPOINT or _provider:
        return
    _provider = _made(process)
    _tracer = _provider.get_tracer("interlock", BUILD)
    Finalize(_provider, stop, exitpriority=50)


def stop() -> None:
    """Send what has not been sent, and end."""
    global _tracer, _provider
    ending, _tracer, _provider = _provider, None, None
    if ending:
        ending.shutdown()


def check() -> None:
    """Raise ImproperlyConfigured where traces are wanted and the libraries are absent."""
    if settings.HUB_OTEL_ENDPOINT:
        _libraries()


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[Callable[..., None]]:
    """Trace what is done inside; what is given says more: ``say(rows=3)``. Costs a comparison where nobody looks."""
    if _tracer is None:
        yield _unheard
        return
    named = {f"interlock.{key}": value for key, value in attributes.items()}
    quiet = {"record_exception": False, "set_status_on_exception": False}  # an error's text may hold a value
    with _tracer.start_as_current_span(name, attributes=named, **quiet) as current:
        try:
            yield lambda **more: current.set_attributes({f"interlock.{key}": value for key, value in more.items()})
        except BaseException as error:
            current.set_attribute("error.type", type(error).__name__)
            raise


def _unheard(**more: Any) -> None:
    """Nobody looks."""


def _made(process: str) -> Any:
    provider_of, processor_of, exporter_of, resource_of = _libraries()
    environment = {"deployment.environment.name": settings.HUB_ENVIRONMENT}
    named = {"service.name": f"interlock-{process}", "service.version": BUILD}
    provider = provider_of(resource=resource_of.create(named | environment), shutdown_on_exit=False)
    exporter = exporter_of(endpoint=settings.HUB_OTEL_ENDPOINT.rstrip("/") + "/v1/traces")
    provider.add_span_processor(processor_of(exporter))
    return provider


def _libraries() -> tuple[Any, Any, Any, Any]:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ImproperlyConfigured(ABSENT) from None
    return TracerProvider, BatchSpanProcessor, OTLPSpanExporter, Resource
