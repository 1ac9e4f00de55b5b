"""One task a message: maps it, sends it, saves the outcome."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pint
import requests
from celery import shared_task
from django.conf import settings

from bench._records import DATE_FORMAT, QUANTITIES, VERDICTS, ZONE
from bench.peer.models import Message

UNITS = pint.UnitRegistry()
NAMES = {"mg/dL": "mg/dL", "g/L": "g/L", "[lb_av]": "lb", "kg": "kg"}
kept = requests.Session()


@shared_task(autoretry_for=(requests.RequestException,), retry_backoff=True, max_retries=5)
def deliver(message_id: int) -> None:
    message = Message.objects.get(pk=message_id)
    message.canonical = mapped(message.payload)
    sender = kept if settings.TUNED else requests
    response = sender.post(f"{settings.TARGET}/results", json=message.canonical, timeout=10)
    response.raise_for_status()
    message.answer, message.status = response.json(), "delivered"
    message.save()


def mapped(document: dict[str, Any]) -> dict[str, Any]:
    """The record in the target's units, codes and dates."""
    moment = datetime.strptime(document["measured_at"], DATE_FORMAT).replace(tzinfo=ZoneInfo(ZONE))
    output = {**document, "verdict": VERDICTS[document["verdict"]], "measured_at": moment.isoformat()}
    for name, (_, unit, digits) in QUANTITIES.items():
        given = document[name]
        quantity = UNITS.Quantity(float(given["value"]), NAMES[given["unit"]]).to(NAMES[unit])
        output[name] = round(quantity.magnitude, digits)
    return output
