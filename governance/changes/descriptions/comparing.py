"""Two descriptions of one record, field by field: what went, came, was renamed perhaps, changed its type. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from governance.changes.descriptions.shapes import Path, Shape

ALIKE = 0.6  # of two names, above which one may be the other under a new name
LONGEST_NAME = 100  # characters that are compared
MOST_SUSPECTS = 60  # of either side: names are compared each with each

SHORT_FORMS = {("no", "number"), ("nr", "number"), ("nb", "number")}  # a letter of these is not in the long one
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")

REMOVED, RENAMED, ADDED = "removed", "renamed", "added"
TYPE, VALUES, NOW_REQUIRED, NOW_OPTIONAL = "type", "values", "now_required", "now_optional"
WORDS = {
    REMOVED: "Removed",
    RENAMED: "Renamed, perhaps",
    TYPE: "Type changed",
    VALUES: "Values changed",
    NOW_REQUIRED: "Now required",
    NOW_OPTIONAL: "Now optional",
    ADDED: "Added",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """``path`` is where the field stood (where it stands now, if it came); ``says`` is a sentence."""

    what: str
    path: Path
    says: str
    to: Path = ()

    @property
    def word(self) -> str:
        return WORDS[self.what]


def compare(old: Mapping[Path, Shape], new: Mapping[Path, Shape]) -> list[FieldChange]:
    """Every difference, in the order in which somebody should look at them."""
    gone, come = _outermost(old.keys() - new.keys()), _outermost(new.keys() - old.keys())
    pairs = _suspected(gone, come, old, new)
    found = [*_gone(gone, pairs, old), *_kept(old, new), *_come(come, pairs, new)]
    return sorted(found, key=lambda one: (list(WORDS).index(one.what), one.path))


def _gone(gone: set[Path], pairs: Mapping[Path, Path], old: Mapping[Path, Shape]) -> Iterator[FieldChange]:
    for path in gone:
        if path in pairs:
            says = (
                f"It went, and “{pairs[path][-1]}” of the same type came beside it: ask whether it is the same field."
            )
            yield FieldChange(RENAMED, path, says, pairs[path])
        else:
            was = f"It was {old[path].words}, and" if old[path].types else "It"
            yield FieldChange(REMOVED, path, f"{was} is not described any more.")


def _come(come: set[Path], pairs: Mapping[Path, Path], new: Mapping[Path, Shape]) -> Iterator[FieldChange]:
    for path in come - set(pairs.values()):
        if new[path].is_required:
            yield FieldChange(NOW_REQUIRED, path, f"It came new as {new[path].words}, and must be given.")
        else:
            yield FieldChange(ADDED, path, f"It came as {new[path].words}, and may be left out.")


def _kept(old: Mapping[Path, Shape], new: Mapping[Path, Shape]) -> Iterator[FieldChange]:
    for path in old.keys() & new.keys():
        was, now = old[path], new[path]
        if was.types and was.types != now.types:  # held without a type: nothing is known that could change
            yield FieldChange(TYPE, path, f"It was {was.words}, and is {now.words}.")
        if was.types and was.values != now.values:
            yield FieldChange(VALUES, path, _values(was, now))
        if was.is_required is not None and was.is_required != now.is_required:
            what, said = (NOW_REQUIRED, "must be given") if now.is_required else (NOW_OPTIONAL, "may be left out")
            yield FieldChange(what, path, f"It {said} now.")


def _values(was: Shape, now: Shape) -> str:
    if not now.values:
        return "It had a list of values, and takes any now."
    if not was.values:
        return f"It takes a list of {len(now.values)} values now."
    went, came = sorted(set(was.values) - set(now.values)), sorted(set(now.values) - set(was.values))
    parts = [f"{word}: {', '.join(some[:8])}" for word, some in (("gone", went), ("new", came)) if some]
    return f"Of its values are {'; '.join(parts)}."


def _outermost(paths: set[Path]) -> set[Path]:
    """Without those whose object came or went as a whole."""
    return {path for path in paths if not any(path[:end] in paths for end in range(1, len(path)))}


def _suspected(
    gone: set[Path], come: set[Path], old: Mapping[Path, Shape], new: Mapping[Path, Shape]
) -> dict[Path, Path]:
    """Path that went → path that came, where they may be one field: same object, same type, and a name that is alike.

    Where one field of an object went and one came, their names need not be alike.
    """
    if len(gone) > MOST_SUSPECTS or len(come) > MOST_SUSPECTS:
        return {}
    beside = Counter(path[:-1] for path in (*gone, *come))
    scored = sorted(
        (-likeness, one, other)
        for one in gone
        for other in come
        if one[:-1] == other[:-1] and old[one].types in ((), new[other].types)
        if (likeness := _likeness(one[-1], other[-1])) >= ALIKE or beside[one[:-1]] == 2
    )
    pairs: dict[Path, Path] = {}
    for _, one, other in scored:
        if one not in pairs and other not in pairs.values():
            pairs[one] = other
    return pairs


def _likeness(one: str, other: str) -> float:
    """From 0 to 1: ``lot_no`` and ``LotNumber`` are alike, for each word may stand for the other."""
    left, right = (_WORD.findall(name[:LONGEST_NAME]) for name in (one, other))
    if len(left) == len(right) and all(_may_stand_for(*pair) for pair in zip(left, right, strict=True)):
        return 1.0
    return SequenceMatcher(None, "".join(left).casefold(), "".join(right).casefold()).ratio()


def _may_stand_for(one: str, other: str) -> bool:
    """The same word, or a short form of it: "no" of "number", "qty" of "quantity"."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    if short == long:
        return True
    letters = iter(long)
    is_within = all(letter in letters for letter in short)
    return short[0] == long[0] and (is_within or (short, long) in SHORT_FORMS)
