"""A value about whose making there is something to say."""

from __future__ import annotations

from typing import Any, NamedTuple

# A note is text, or a template and what goes into it: most notes are never read, so they are worded on
# demand.
Note = str | tuple[Any, ...]


class Noted(NamedTuple):
    """Returned by a conversion in the place of its bare value when something was lost, rounded or
    replaced."""

    value: Any
    notes: tuple[Note, ...]


def worded(notes: tuple[Note, ...]) -> tuple[str, ...]:
    """The notes as sentences' parts: ("rounded half_even from {} to {}", 1.25, 1.2) becomes text."""
    return tuple(note if isinstance(note, str) else note[0].format(*note[1:]) for note in notes)


def unwrap(result: Any) -> tuple[Any, tuple[str, ...]]:
    """(value, notes in words) of what a conversion returned."""
    return (result.value, worded(result.notes)) if type(result) is Noted else (result, ())


def joined(notes: tuple[Note, ...], result: Any) -> Any:
    """`result` with earlier notes put before its own."""
    if not notes:
        return result
    if type(result) is Noted:
        return Noted(result.value, notes + result.notes)
    return Noted(result, notes)
