"""A CloudEvent as it is sent to us: what it must have, and what its attributes say around the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dictionary.values.errors import shown
from governance.errors import MISSING, Refused
from hub.flow.intake.contract import joined
from hub.flow.intake.incoming import Envelope
from hub.flow.problems import text


def check(event: Any) -> None:
    """CloudEvents 1.0.2, section 3.1: the required attributes; and a data member, without which there is no record."""
    if not isinstance(event, dict):
        sentence = f"A CloudEvent is an object with named attributes; this is {shown(event)}."
        raise Refused(sentence, field="$", value=shown(event), rule="object")
    if "specversion" not in event:
        sentence = "This is no CloudEvent: 'specversion' is missing."
        raise Refused(sentence, field="specversion", value=MISSING, rule="required")
    if event["specversion"] != "1.0":
        raise _refused("specversion", event["specversion"], "1.0")
    for name in ("id", "source", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise _refused(name, event.get(name), "a text that is not empty")
    if "data" not in event:
        raise _refused("data", None, "required")


def envelope(event: dict[str, Any], correlation_id: str) -> Envelope:
    """Of an event that was checked. ``correlation_id`` is used where the event names none."""
    return Envelope(
        idempotency_key=joined((event["source"], event["id"]), "#"),
        event_type=text(event["type"], 160),
        event_source=text(event["source"], 300),
        occurred_at=_time(event.get("time")),
        correlation_id=text(event.get("correlationid") or "", 64) or correlation_id,
    )


def _refused(field: str, value: Any, rule: str) -> Refused:
    found = MISSING if value is None else repr(value)[:80]
    return Refused(
        f"The CloudEvents attribute {field!r} is {found}; the rule is: {rule}.",
        field=field,
        value=found,
        rule=rule,
    )


def _time(text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise _refused("time", text, "RFC 3339") from None
    if moment.tzinfo is None:
        raise _refused("time", text, "RFC 3339, with an offset")
    return moment
