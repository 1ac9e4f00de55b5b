"""The message of the route: 25 fields, 1 kB, with a unit, a date and a code to be translated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

TEXTS = (
    "result", "lot", "supplier", "product", "material", "site", "line", "station", "shift", "operator",
    "method", "instrument", "characteristic", "batch", "order", "severity", "protocol", "comment",
)  # fmt: skip
NUMBERS = ("number", "sample_size", "defects")
QUANTITIES = {"glucose": ("mg/dL", "g/L", 4), "mass": ("[lb_av]", "kg", 4)}
VERDICTS = {"OK": "pass", "NOK": "fail"}
DATE_FORMAT, ZONE = "%d.%m.%Y %H:%M", "Europe/Zurich"
FIELDS = (*TEXTS, *NUMBERS, *QUANTITIES, "verdict", "measured_at")

COMMENT = "Measured on the second sample of the lot, after the line was cleaned and the instrument calibrated. "

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": list(FIELDS),
    "additionalProperties": False,
    "properties": {
        **{name: {"type": "string", "minLength": 1, "maxLength": 400} for name in TEXTS},
        **{name: {"type": "integer", "minimum": 0, "maximum": 1_000_000} for name in NUMBERS},
        **{
            name: {
                "type": "object",
                "required": ["value", "unit"],
                "properties": {
                    "value": {"type": "string", "pattern": "^[0-9]+([.][0-9]+)?$"},
                    "unit": {"type": "string", "maxLength": 20},
                },
            }
            for name in QUANTITIES
        },
        "verdict": {"enum": list(VERDICTS)},
        "measured_at": {"type": "string", "pattern": "^[0-9]{2}[.][0-9]{2}[.][0-9]{4} [0-9]{2}:[0-9]{2}$"},
    },
}


@dataclass(frozen=True)
class Event:
    """One message of a run: what identifies it at the target, and the bytes that are sent."""

    reference: str
    lot: int
    body: bytes


def events(run: str, count: int, lots: int) -> list[Event]:
    """``count`` messages over ``lots`` ordering keys, numbered from 1 within each of them."""
    return [_event(run, position, position % lots, position // lots + 1) for position in range(count)]


def _event(run: str, position: int, lot: int, number: int) -> Event:
    reference = f"R-{run}-{position}"
    return Event(reference, lot, orjson.dumps(document(run, reference, lot, number)))


def document(run: str, reference: str, lot: int, number: int) -> dict[str, Any]:
    """A sound record."""
    texts = {name: f"{name.upper()}-{lot % 37:04d}-{number % 11}" for name in TEXTS}
    return {
        **texts,
        "result": reference,
        "lot": f"L-{run}-{lot:04d}",
        "comment": COMMENT * 3,
        "number": number,
        "sample_size": 50,
        "defects": number % 3,
        "glucose": {"value": f"{90 + number % 10}.{lot % 10}", "unit": "mg/dL"},
        "mass": {"value": f"2.{lot % 1000:03d}", "unit": "[lb_av]"},
        "verdict": "OK" if number % 5 else "NOK",
        "measured_at": f"{1 + lot % 28:02d}.11.2026 08:{lot % 60:02d}",
    }


def batch(parts: list[Event]) -> bytes:
    """A CloudEvents batch."""
    return orjson.dumps([_cloud_event(part) for part in parts])


def _cloud_event(event: Event) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event.reference,
        "source": "/lims/1",
        "type": "com.example.result.recorded",
        "time": "2026-11-21T08:30:00+01:00",
        "datacontenttype": "application/json",
        "data": orjson.Fragment(event.body),
    }
