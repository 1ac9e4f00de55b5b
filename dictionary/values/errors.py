"""The one way in which a value is refused."""

from __future__ import annotations

from typing import Any

EXCERPT = 80


class ValueRefused(ValueError):
    """A value cannot be taken as it stands; `sentence` names the field, the value and the rule for a
    person."""

    def __init__(self, field: str, value: Any, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.value = value
        self.rule = rule
        self.sentence = sentence


def shown(value: Any) -> str:
    """A value as a sentence shows it: quoted text, plain numbers, at most 80 characters."""
    text = f"'{value}'" if isinstance(value, str) else _plain(value)
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"


def excerpt(value: Any) -> str:
    """A value as a field of its own keeps it: text as it is, anything else as a sentence shows it."""
    return value if isinstance(value, str) else shown(value)


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"an object with {len(value)} fields"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)} items"
    return str(value)
