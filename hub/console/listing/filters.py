"""Kinds of filters: free text, one of several, a moment, an id, an interface. Each refuses what it cannot read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.console import doors
from hub.console.listing.model import LONGEST, Choices, Filter
from hub.permissions import visible_interfaces


def text(name: str, label: str, *, hint: str = "", is_minor: bool = False) -> Filter:
    """Any words, up to 200 characters."""
    return Filter(name, label, _words(label), hint=hint, is_minor=is_minor)


def choice(name: str, label: str, choices: Callable[[Any], Choices]) -> Filter:
    """One of the values that the user may choose from."""
    return Filter(name, label, _words(label), choices=choices)


def moment(name: str, label: str, *, hint: str = "2026-11-21 08:30") -> Filter:
    """A time, in UTC unless it says otherwise."""
    return Filter(name, label, _moment, hint=hint)


def identity(name: str, label: str, *, is_minor: bool = False) -> Filter:
    """An id (UUID)."""
    return Filter(name, label, _identity, is_minor=is_minor)


def interfaces(name: str = "interface") -> Filter:
    """One interface that the user may see; of any other there is none."""
    return choice(name, "Interface", _visible)


def _visible(user: Any) -> Choices:
    rows = visible_interfaces(user).order_by("key").values_list("key", "label")
    return [(key, f"{key} {label}") for key, label in rows]


def _words(label: str) -> Callable[[str], str]:
    def read(given: str) -> str:
        if len(given) > LONGEST:
            raise ValueError(f"{label} is {len(given)} characters long; a filter takes at most {LONGEST}.")
        return given

    return read


def _identity(given: str) -> UUID:
    found = doors.identity(given)
    if found is None:
        raise ValueError(f"“{given[:40]}” is no id.")
    return found


def _moment(given: str) -> datetime:
    found = doors.moment(given)
    if found is None:
        raise ValueError(f"“{given[:40]}” is no time; write it as 2026-11-21 08:30.")
    return found
