"""The record within what was received."""

from __future__ import annotations

from typing import Any, Protocol

from dictionary.values import json
from hub.flow import vault

CLOUD_EVENT = "application/cloudevents+json"


class Received(vault.Stored, Protocol):
    """A received payload's row, or the part of it that reading needs."""

    @property
    def media_type(self) -> str: ...


def document_of(payload: Received) -> Any:
    """The record that arrived; of a CloudEvent, its data. Raises Unreadable and JsonRefused."""
    document = json.loads(vault.opened(payload))
    return document["data"] if payload.media_type == CLOUD_EVENT else document
