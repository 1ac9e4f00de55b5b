"""A difference of two texts as rows: side by side, words marked, unchanged lines folded."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

KEPT_AROUND = 2
ALIKE = 0.6
MANY_LINES, LONG_LINE = 2000, 2000  # beyond these the exact comparison takes minutes: frequent lines are passed over
MANY_PAIRS, MANY_WORD_PAIRS = 100_000, 10_000  # of equal lines, of equal words: so do few that are repeated often
MOST_WORD_PAIRS = 500_000  # of one difference; lines after that are shown whole
MOST_ROWS = 2000
WORDS = re.compile(r"\w+|\W")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters, marked where it differs."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``folded`` counts unchanged lines in its place."""

    old_number: int | None = None
    old: tuple[Piece, ...] = ()
    new_number: int | None = None
    new: tuple[Piece, ...] = ()
    is_changed: bool = False
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    old_name: str
    new_name: str
    rows: tuple[Row, ...]
    cut: int = 0  # rows that are not shown

    @property
    def is_empty(self) -> bool:
        return not any(row.is_changed for row in self.rows)


def difference(old_name: str, old: str, new_name: str, new: str) -> Difference:
    """Compare two texts line by line."""
    before, after = old.splitlines(), new.splitlines()
    is_long = max(len(before), len(after)) > MANY_LINES or _pairs(before, after) > MANY_PAIRS
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=is_long)
    marker = _Marker()
    rows = [row for code in matcher.get_opcodes() for row in _rows(code, before, after, marker)]
    return Difference(old_name, new_name, tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def _pairs(one: Sequence[str], other: Sequence[str]) -> int:
    """How many places of both are equal: what the exact comparison has to look at, more than once."""
    counted = Counter(other)
    return sum(counted[each] for each in one)


def _rows(code: tuple[str, int, int, int, int], before: list[str], after: list[str], marker: _Marker) -> Iterator[Row]:
    kind, i1, i2, j1, j2 = code
    if kind == "equal":
        yield from _unchanged(before, i1, i2, j1)
        return
    for offset in range(max(i2 - i1, j2 - j1)):
        i, j = i1 + offset, j1 + offset
        yield _changed(before, after, i if i < i2 else None, j if j < j2 else None, marker)


def _unchanged(lines: list[str], start: int, end: int, other: int) -> Iterator[Row]:
    """The edges of a run of equal lines, and how many were left out between them."""
    whole = [_same(lines[i], i, other + i - start) for i in range(start, end)]
    if len(whole) <= 2 * KEPT_AROUND + 1:
        yield from whole
        return
    yield from whole[:KEPT_AROUND]
    yield Row(folded=len(whole) - 2 * KEPT_AROUND)
    yield from whole[-KEPT_AROUND:]


def _same(line: str, old: int, new: int) -> Row:
    pieces = (Piece(line, False),)
    return Row(old + 1, pieces, new + 1, pieces)


def _changed(before: list[str], after: list[str], i: int | None, j: int | None, marker: _Marker) -> Row:
    if i is not None and j is not None:
        old, new = marker.marked(before[i], after[j])
        return Row(i + 1, old, j + 1, new, True)
    if i is not None:
        return Row(i + 1, (Piece(before[i], False),), is_changed=True)
    assert j is not None
    return Row(new_number=j + 1, new=(Piece(after[j], False),), is_changed=True)


class _Marker:
    """Cuts changed lines where their words differ, until that has cost enough: anybody may send us such texts."""

    def __init__(self) -> None:
        self.left = MOST_WORD_PAIRS

    def marked(self, old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """Both lines, cut; whole where they have too little in common."""
        whole = (Piece(old, False),), (Piece(new, False),)
        if max(len(old), len(new)) > LONG_LINE or self.left <= 0:
            return whole
        a, b = WORDS.findall(old), WORDS.findall(new)
        pairs = _pairs(a, b)
        self.left -= pairs
        matcher = difflib.SequenceMatcher(None, a, b, autojunk=pairs > MANY_WORD_PAIRS)
        return _cut(matcher, a, b) if matcher.ratio() >= ALIKE else whole


def _cut(matcher: Any, a: list[str], b: list[str]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        left.append(Piece("".join(a[i1:i2]), kind != "equal"))
        right.append(Piece("".join(b[j1:j2]), kind != "equal"))
    return tuple(piece for piece in left if piece.text), tuple(piece for piece in right if piece.text)
