"""What a mapping gives back: the output, where each value came from, what was refused, and what nobody
named."""

from __future__ import annotations

from typing import Any, NamedTuple

from dictionary.values.errors import ValueRefused, shown
from dictionary.values.noted import Note, worded

EXCERPT = 200


class MappingRefused(ValueError):
    """A mapping that cannot be compiled; `sentences` says everything that is wrong with it."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)


class TraceLine(NamedTuple):
    """One output value: the rule (counted from 0) and mapping revision that made it, out of which raw value
    from where."""

    target: str
    rule: int
    revision: str
    source: tuple[str, ...]
    raw: Any
    value: Any
    notes: tuple[str, ...]


class Problem(NamedTuple):
    """One value that could not be mapped. `rule` names what it broke (unit, codes, date.ambiguous, required,
    …), `rule_index` the mapping rule, counted from 0, or None where no rule is to blame."""

    field: str
    value: Any
    rule: str
    sentence: str
    path: str
    rule_index: int | None = None


# (target, rule index, source paths, raw, value, notes): what a step writes down, made into TraceLines when
# asked for.
RawLine = tuple[str, int, tuple[str, ...], Any, Any, tuple[Note, ...]]


class Mapped(NamedTuple):
    """`unread` and `ignored` are source paths ("$.items[*].colour") that arrived and that no rule names; the
    ignored ones are declared so in the mapping, the unread ones are drift."""

    output: dict[str, Any]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]
    ignored: tuple[str, ...]
    revision: str
    lines: tuple[RawLine, ...]

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def trace(self) -> tuple[TraceLine, ...]:
        revision = self.revision
        return tuple(
            TraceLine(target, rule, revision, source, raw, value, worded(notes))
            for target, rule, source, raw, value, notes in self.lines
        )


class Run:
    """The scratch pad of one run; `lines` is None where no trace is wanted."""

    __slots__ = ("lines", "problems", "root")

    def __init__(self, root: Any, trace: bool) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.lines: list[RawLine] | None = [] if trace else None

    def refuse(self, field: str, refused: ValueRefused, path: str, index: int) -> None:
        self.problems.append(Problem(field, excerpt(refused.value), refused.rule, refused.sentence, path, index))


def excerpt(value: Any) -> Any:
    """A refused value fit for a report: scalars as they are, long text cut, containers described."""
    if isinstance(value, str):
        return value if len(value) <= EXCERPT else f"{value[: EXCERPT - 1]}…"
    return shown(value) if isinstance(value, (dict, list, float)) else value
