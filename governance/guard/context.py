"""The change context: no governed row is written without a person or process, a reason and a transaction.

    with change(by=person, reason="Supplier re-audited on site", ticket="CR-2026-0012"):
        supplier.status = "approved"
        supplier.save()

The context opens the transaction; history rows and audit events inside it carry its id, so that everything
that one act did is found under one number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from governance.actors import Actor, actor_of
from governance.errors import NoChangeContext, Refused
from governance.guard.pending import check_none_is_due
from governance.guard.transactions import Told, write
from governance.ids import uuid7
from governance.text import check_text

MINIMUM_REASON = 5
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """What every evidence row of one act has in common."""

    id: UUID
    by: Actor
    reason: str
    ticket: str
    source: str
    correlation_id: str

    def told(self) -> str:
        """JSON for the ledger: which act, whose, through which door. Reasons and roles stand in history."""
        content = {"act": str(self.id), "actor": self.by.id, "kind": self.by.kind, "source": self.source}
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


_current: ContextVar[Change | None] = ContextVar("governance_change", default=None)
correlation: ContextVar[str] = ContextVar("governance_correlation", default="")


@contextmanager
def change(*, by: Any, reason: str, ticket: str = "", source: str = "service") -> Iterator[Change]:
    """Open a transaction for one reasoned act. Nested calls join the outer one and keep its reason."""
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    check_reason(reason)
    made = Change(uuid7(), actor_of(by), reason.strip(), ticket, source, correlation.get() or str(uuid7()))
    token = _current.set(made)
    try:
        with write(Told(str(made.id), made.told())):
            yield made
            check_none_is_due()
    finally:
        _current.reset(token)


def current() -> Change:
    """The open change; refuses where there is none."""
    found = _current.get()
    if found is None:
        raise NoChangeContext(
            "A governed record can only be written inside `with change(by=…, reason=…)`, "
            "so that its history says who did it and why."
        )
    return found


def check_reason(reason: str) -> None:
    """A reason says something: five characters at the least, two of them letters or digits in a row."""
    check_text(reason or "", "reason")
    text = " ".join((reason or "").split())
    letters = sum(character.isalnum() for character in text)
    if len(text) < MINIMUM_REASON or letters < MINIMUM_REASON - 1:
        raise Refused(
            f"The reason {text!r} says too little: write at least {MINIMUM_REASON} characters that a reader "
            "will understand in ten years.",
            field="reason",
            value=text,
            rule=f"at least {MINIMUM_REASON} characters",
        )
    if len(text) > LONGEST_REASON:
        raise Refused(
            f"The reason has {len(text)} characters; at most {LONGEST_REASON} are kept.",
            field="reason",
            value=f"{text[:60]} …",
            rule=f"at most {LONGEST_REASON} characters",
        )
