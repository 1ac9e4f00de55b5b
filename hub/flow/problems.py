"""Why one message or delivery cannot go on: sentence, field, value and rule, ready for its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.flow.states import Reason


@dataclass(frozen=True, slots=True)
class Problem:
    """``value`` is a short excerpt, never a whole payload."""

    reason: Reason
    sentence: str
    field: str = ""
    value: str = ""
    rule: str = ""

    def columns(self) -> tuple[str, str, str, str, str]:
        """reason, sentence, error_field, error_value, error_rule: cut to what the columns hold."""
        return (
            str(self.reason),
            text(self.sentence, 2000),
            text(self.field, 200),
            text(self.value, 200),
            text(self.rule, 200),
        )


NO_PROBLEM = ("", "", "", "", "")


def text(value: Any, limit: int) -> str:
    """Cut to a column, without NUL (PostgreSQL keeps none)."""
    return str(value).replace("\x00", "�")[:limit]
