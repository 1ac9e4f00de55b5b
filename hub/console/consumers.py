"""Interfaces as consumers of the dictionary, offered to its registry."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from dictionary.console import consumers
from dictionary.console.consumers import Consumer
from hub.models import Interface
from hub.selectors.consumers import interfaces_by


def found(user: Any, kind: str) -> dict[str, list[Consumer]]:
    """Those of the user's interfaces that run with an object, by its key."""
    return {key: [_shown(one) for one in rows] for key, rows in interfaces_by(user, kind).items()}


def _shown(one: Interface) -> Consumer:
    return Consumer(one.key, one.label, reverse("interface", args=[one.key]), one.owner, one.content["icd"])


consumers.provide(found)
