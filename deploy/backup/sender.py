"""Sends results of a laboratory to a demonstration hub, one after the other, and keeps what was acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any

PATH = "/api/v1/interfaces/IF-105/messages"
MEDIA = "application/cloudevents+json"


class Sender:
    """``acknowledged`` are the ids of messages for which the hub has answered 202, in order."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.stopping = port, threading.Event()
        self.acknowledged: list[str] = []
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": MEDIA}

    def run(self) -> None:
        number = 700_000
        while not self.stopping.is_set():
            number += 1
            try:
                self._send(number)
            except (OSError, http.client.HTTPException):
                self.stopping.wait(0.05)  # the hub was killed; nothing was acknowledged

    def _send(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", PATH, json.dumps(event(number)).encode(), self.headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status == 202:
                self.acknowledged.append(json.loads(content)["id"])
        finally:
            connection.close()


def event(number: int) -> dict[str, Any]:
    """A result as the demonstration's contract laboratory writes it."""
    return {
        "specversion": "1.0",
        "id": f"drill-{number}",
        "source": "https://labo-lyon.example/lims",
        "type": "com.example.labo.result.v1",
        "time": "2026-01-05T08:00:00+00:00",
        "data": {
            "sample": f"LY-{number}",
            "lot": f"24-{number % 7:04d}",
            "analyte": "glucose",
            "result": {"value": "0.871", "unit": "g/L"},
            "conclusion": "conforme",
            "completed": "2026-01-05T09:00:00+01:00",
            "method": "LY-GC-8",
        },
    }
