"""Structured logs: one event a line, with the correlation id of the request or message that it belongs to."""

from __future__ import annotations

from typing import Any

import structlog


def configure(shape: str, level: str) -> dict[str, Any]:
    """Set structlog up and return Django's ``LOGGING``. ``shape`` is "console" or "json"."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _correlated,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "hub": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    _without_secrets,
                    _renderer(shape),
                ],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "hub"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "paramiko": {"level": "WARNING"},
            "weasyprint": {"level": "WARNING"},  # it says what each page is made of
            "fontTools": {"level": "WARNING"},
        },
    }


def _correlated(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Adds the correlation id that the sender is told, where there is one."""
    from governance.guard.context import correlation  # after the apps are loaded

    if found := correlation.get():
        event.setdefault("correlation_id", found)
    return event


def _without_secrets(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A token that somebody put into an address stands in no log, nor does any query: codes come back in one."""
    from governance.secrecy import without_tokens  # after the apps are loaded

    if isinstance(event.get("request"), str):
        event["request"] = event["request"].partition("?")[0]
    return {name: without_tokens(value) if isinstance(value, str) else value for name, value in event.items()}


def _renderer(shape: str) -> Any:
    if shape == "json":
        return structlog.processors.JSONRenderer(sort_keys=True)
    return structlog.dev.ConsoleRenderer(colors=False)
