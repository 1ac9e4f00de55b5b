"""What the page of signing shows of a change: everything that is hashed, to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from governance.changes import kinds
from governance.changes.deciding import signed_words, voiding
from governance.console import attached, change_shown
from governance.console.differences import difference
from governance.models import ChangeOperation, ChangeRequest
from governance.signing.subjects import Shown


def shown(found: ChangeRequest, by: Any, notes: Sequence[str]) -> Shown:
    """Facts, differences, plan, impact with the word of owners, evidence. ``notes`` are warnings of its own."""
    operations = list(found.operations.select_related("base").order_by("position"))
    old, new = ("\n".join(_text(one, is_new=is_new) for one in operations) for is_new in (False, True))
    told = (*notes, *map(voiding.without_names, (voiding.growth(found), found.stopped_because)))
    return Shown(
        facts=[*signed_words.facts(found), *signed_words.changes(operations)],
        difference=difference("In force before", old, "This change", new),
        warnings=[one for one in told if one],
        template="governance/changes/_signed.html",
        parts={
            "change": found,
            "plan": signed_words.plan(found),
            "impact": change_shown.impact(found, by),
            "evidence": attached.attached(found, by),
        },
    )


def _text(one: ChangeOperation, *, is_new: bool) -> str:
    """One object as text, under its name: several stand in one difference."""
    held = one.content if is_new else (one.base.content if one.base else None)
    return f"# {kinds.noun(one.kind)} {one.key}\n{kinds.get(one.kind).render(held) if held else ''}"
